"""core.response_topics: the words of the lexicon, in whatever language, and nothing that only looks like them."""

from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path

import polars as pl
import pytest
from core.vault import response, settings_for
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from pipelines.core.conform import conform
from pipelines.core.topics import COLUMNS, URGENT, find_topics, primary_language, read_lexicon
from pipelines.settings import Settings, SettingsError
from pipelines.simulate.comments import LANGUAGES, OPENINGS, PLEAS, SENTENCES, TOPICS

NOWHERE = Settings(home=Path("there is no such home"), salt="a salt for the tests")
SHIPPED = read_lexicon(NOWHERE)


def topics_of(*comments: tuple[str | None, str | None], lexicon: pl.DataFrame = SHIPPED) -> list[set[str]]:
    """Topics per comment and language."""
    table = pl.DataFrame(
        [(number, *comment) for number, comment in enumerate(comments)],
        schema={"response_id": pl.Int64, "comment": pl.String, "language": pl.String},
        orient="row",
    )
    rows = find_topics(table, lexicon).rows()
    assert len(rows) == len(set(rows))
    return [{topic for number, topic in rows if number == wanted} for wanted in range(len(comments))]


# Sentences of the simulated shop that tell of money taken twice or owed, or of a promise.
BROKEN_PROMISES = {
    "It arrived days after the promised date.",
    "My payment was taken twice.",
    "The description promised something else.",
    "Die Zahlung wurde doppelt abgebucht.",
    "Nunca recibí la factura.",
    "Je n'ai jamais reçu la facture.",
    "Aspetto ancora il rimborso.",
    "Ainda espero o reembolso.",
}


def words(*rows: tuple[str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=list(COLUMNS), orient="row")


@pytest.mark.parametrize(
    ("language", "comment", "expected"),
    [
        ("en", "The parcel was LATE, and the box was crushed.", {"delivery", "packaging"}),
        # Word boundaries: without them "late", "box" and "site" match too much.
        ("en", "I will do it later; chocolate plates, an opposite mailbox and a campsite.", {"none"}),
        ("en", "Great value for money, but what money!", {"price"}),
        ("en", "The quality of service is poor.", {"support"}),
        ("en", "My contact lenses; the picture frame.", {"none"}),
        ("fr", "Délai de livraison trop long", {"delivery"}),
        ("fr", "De beaux livres sur les jardins", {"none"}),
        ("fr", "bon rapport qualite/prix", {"price"}),
        ("fr", "L'ACCUEIL\u00a0!", {"support"}),
        ("fr", "Le délai d’attente est long", {"none"}),
        ("pt", "NÃO RECEBI o produto", {"delivery", "broken_promise"}),
        ("pt", "Vou receber o reembolso", {"checkout_payment"}),
        ("pt", "Comprei um cartão de memória", {"none"}),
        ("de", "Die Auslieferung kam verspätet, schöne Größe", {"delivery"}),
        ("de", "Falsche Größe.", {"product_quality"}),
        ("de", "Ich suche noch.", {"none"}),
        ("nl", "Ik laat het weten", {"none"}),
        ("es", "Buenas tardes, envío rápido", {"delivery"}),
        ("it", "Perché i prezzi sono così alti?", {"price"}),
        ("zh", "快递很慢，客服态度不好", {"delivery", "support"}),
        ("zh-TW", "包裝破損", {"packaging", "product_quality"}),
        ("en", "Sent by DHL with PayPal", {"delivery", "checkout_payment"}),
        ("en", "Please write to [e-mail] or [phone].", {"none"}),
        ("fr", "Écrivez à [e-mail]", {"none"}),
        # Harm and broken promises: matched apart, so that words of other topics stay what they were.
        ("en", "The lamp caught fire.", {"harm"}),
        ("en", "My parcel never arrived", {"delivery", "broken_promise"}),
        ("en", "It didn’t arrive, and still no refund!", {"delivery", "checkout_payment", "broken_promise"}),
        ("de", "Ich habe mich an der Kante verletzt, Stromschlag!", {"harm"}),
        ("de", "Nie angekommen, obwohl versprochen.", {"delivery", "broken_promise"}),
        ("fr", "Ma fille a été blessée", {"harm"}),
        ("fr", "Colis jamais reçu, pas remboursé", {"delivery", "checkout_payment", "broken_promise"}),
        ("es", "Nunca recibí el pedido", {"delivery", "broken_promise"}),
        ("it", "Mi ha provocato un'allergia", {"harm"}),
        ("nl", "Twee keer betaald", {"checkout_payment", "broken_promise"}),
        ("zh", "电池爆炸了", {"harm"}),
        # What is poison in German is a present in English.
        ("en", "A lovely gift", {"none"}),
        ("en", ".....", {"none"}),
        ("en", "👍", {"none"}),
    ],
)
def test_topics(language: str, comment: str, expected: set[str]) -> None:
    assert topics_of((comment, language)) == [expected]


def test_a_comment_without_a_language_that_has_a_list_is_matched_with_all() -> None:
    assert (
        topics_of(("Livraison rapide", None), ("Livraison rapide", "pl"), ("Livraison rapide", "english"))
        == [{"delivery"}] * 3
    )
    assert topics_of(("Livraison rapide", "en"), ("Livraison rapide", "FR_ca")) == [{"none"}, {"delivery"}]


def test_a_comment_without_text_has_no_row() -> None:
    assert topics_of((None, "en"), ("", "en"), (" \n", "en")) == [set(), set(), set()]


@pytest.mark.parametrize(
    ("given_language", "expected"),
    [("en", "en"), (" EN-us", "en"), ("pt_BR", "pt"), ("fil", "fil"), ("english", None), ("", None), (None, None)],
)
def test_primary_language(given_language: str | None, expected: str | None) -> None:
    table = pl.DataFrame({"language": [given_language]}, schema={"language": pl.String})
    assert table.select(primary_language(pl.col("language"))).item() == expected


def test_every_sentence_of_the_simulated_shop_has_its_own_topic() -> None:
    sentences = [
        (text, language, topic)
        for language in LANGUAGES
        for topic, texts in zip(TOPICS, SENTENCES[language], strict=True)
        for text in texts
    ]
    assert len(sentences) == 7 * 8 * 4
    matched = topics_of(*[(text, language) for text, language, _ in sentences])
    own = [topics - {*URGENT} for topics in matched]
    wrong = [(*one, topics) for one, topics in zip(sentences, own, strict=True) if topics != {one[2]}]
    assert wrong == []
    urgent = {text for (text, *_), topics in zip(sentences, matched, strict=True) if topics & {*URGENT}}
    assert urgent == BROKEN_PROMISES
    others = [(text, name) for name in LANGUAGES for text in (*OPENINGS[name], *PLEAS[name])]
    assert [one for one, topics in zip(others, topics_of(*others), strict=True) if topics != {"none"}] == []


LETTERS = st.text("abc", min_size=1, max_size=2)
PHRASES = st.lists(LETTERS, min_size=1, max_size=2).map(" ".join)


def _matches(pattern: str, begins: bool, ends: bool, text: str, place: int) -> bool:
    """Whether a pattern matches at a place in a text of words, by hand."""
    end = place + len(pattern)
    return (
        text[place:end] == pattern
        and (begins or place == 0 or text[place - 1] == " ")
        and (ends or end == len(text) or text[end] == " ")
    )


@given(
    st.lists(st.tuples(PHRASES, st.booleans(), st.booleans()), min_size=1, max_size=6, unique_by=lambda one: one[0]),
    st.lists(LETTERS, min_size=1, max_size=8).map(" ".join),
)
@examples(max_examples=50)
def test_topics_match_exactly_the_words_in_the_text(lexicon: list[tuple[str, bool, bool]], text: str) -> None:
    names = {word: "t_" + word.replace(" ", "_") for word, _, _ in lexicon}
    standing = {
        names[word] for word, *ends in lexicon if any(_matches(word, *ends, text, place) for place in range(len(text)))
    }
    rows = [(names[word], "en", "*" * begins + word + "*" * ends) for word, begins, ends in lexicon]
    [matched] = topics_of((text, "en"), lexicon=words(*rows))
    # Only one of two overlapping words is matched.
    assert matched <= (standing or {"none"})
    [alone] = zip(*[topics_of((text, "en"), lexicon=words(row)) for row in rows], strict=True)
    assert set().union(*alone) - {"none"} == standing


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("red wine glass", {"red_wine"}),
        ("wine glass", {"wine_glass"}),
        ("wine", {"wine"}),
        ("red", {"none"}),
        ("wine wine glass", {"wine", "wine_glass"}),
        ("red wine wine", {"red_wine", "wine"}),
    ],
)
def test_of_overlapping_words_the_first_counts_then_the_longest(comment: str, expected: set[str]) -> None:
    lexicon = words(("wine", "en", "wine"), ("wine_glass", "en", "wine glass"), ("red_wine", "en", "red wine"))
    assert topics_of((comment, "en"), lexicon=lexicon) == [expected]


def test_the_shipped_lexicon_is_valid() -> None:
    topics = {*TOPICS, *URGENT, "assortment", "store", "none"}
    assert set(SHIPPED["topic"]) == topics
    for language, topic in product((*LANGUAGES, "zh"), (*TOPICS, *URGENT)):
        assert SHIPPED.filter(pl.col("language") == language, pl.col("topic") == topic).height >= 3, (language, topic)
    assert SHIPPED.select(pl.col("topic").is_in(URGENT), "language", "word").is_unique().all()


def test_no_word_hides_one_of_harm_or_of_a_broken_promise() -> None:
    lexicon = words(
        ("product_quality", "en", "it caught fire at once"), ("none", "en", "caught"), ("harm", "en", "fire")
    )
    assert topics_of(("It caught fire at once", "en"), lexicon=lexicon) == [{"product_quality", "harm"}]


# The operator's own file.


def own(tmp_path: Path, text: str | bytes) -> Settings:
    settings = settings_for(tmp_path)
    settings.topics_path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return settings


def test_the_operator_adds_topics_and_words_and_replaces_words(tmp_path: Path) -> None:
    settings = own(
        tmp_path,
        "\ufefftopic;language;word\r\n"
        "gift_cards;en;gift card*\r\n"
        "assembly;all;montage\r\n"
        "delivery;pl;dostaw*\r\n\r\n"
        "none;en;The Box\r\n"
        "packaging;en; Crate \r\n",
    )
    lexicon = read_lexicon(settings)
    comments = [
        ("Nice gift cards", "en"),
        ("Montage facile", "fr"),
        ("Szybka dostawa", "pl"),
        ("Fast delivery", "pl"),
        ("In the box", "en"),
        ("In a crate", "en"),
    ]
    assert topics_of(*comments, lexicon=lexicon) == [
        {"gift_cards"},
        {"assembly"},
        {"delivery"},
        {"none"},
        {"none"},
        {"packaging"},
    ]
    assert topics_of(*comments)[3:5] == [{"delivery"}, {"packaging"}]


def test_the_operators_words_of_harm_stand_beside_the_others(tmp_path: Path) -> None:
    settings = own(
        tmp_path,
        "topic,language,word\nharm,en,wobbl*\ndelivery,en,caught fire\nharm,en,late\nnone,en,never came\n",
    )
    comments = [("It wobbles", "en"), ("It caught fire", "en"), ("Late", "en"), ("It never came", "en")]
    assert topics_of(*comments, lexicon=read_lexicon(settings)) == [
        {"harm"},
        # A word of the other list replaces none of this one.
        {"harm", "delivery"},
        {"harm", "delivery"},
        {"none"},
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("topic,language\nprice,en\n", "row 1 is 'topic,language'; allowed is the header topic,language,word"),
        ("topic,language,word\n\nPrice,en,cost\n", "row 3, column topic is 'Price'; allowed is small letters"),
        ("topic,language,word\nall,en,cost\n", "row 2, column topic is 'all'; allowed is small letters"),
        ("topic,language,word\nprice,English,cost\n", "row 2, column language is 'English'; allowed is a code"),
        ("topic,language,word\nprice,en,\n", "row 2, column word is ''; allowed is one to eight words"),
        ("topic,language,word\nprice,en,*\n", "row 2, column word is '*'; allowed is one to eight words"),
        ("topic,language,word\nprice,en,co*st\n", "row 2, column word is 'co*st'; allowed is one to eight words"),
        ("topic,language,word\nprice,en,cost,dear\n", "row 2, column 4 is 'dear'; allowed is nothing"),
        (b"topic,language,word\nprice,fr,ch\xe8re\n", "is not UTF-8 text; allowed is a CSV file in UTF-8"),
    ],
)
def test_errors_in_the_operators_file_are_named(tmp_path: Path, text: str | bytes, problem: str) -> None:
    settings = own(tmp_path, text)
    with pytest.raises(SettingsError) as refusal:
        read_lexicon(settings)
    assert str(refusal.value).startswith(str(settings.topics_path))
    assert problem in str(refusal.value)


# Conforming.


@pytest.mark.slow
def test_a_comment_that_changes_changes_its_topics_alone(shop) -> None:
    made = shop(
        response("1", "a@x", "2025-05-01", 3, comment="Too expensive", language="en"),
        response("2", "b@x", "2025-06-01", 3, comment="late", language="en"),
        response("3", "b@x", "2025-07-01", 3),
    )
    assert made.rows("core.response_topics") == [("1", "price"), ("2", "delivery")]
    changed = response("2", "b@x", "2025-06-01", 3, comment="Rude staff", language="en", updated_at="2025-07-15")
    made.add(changed)
    assert made.rows("core.response_topics") == [("1", "price"), ("2", "support")]
    assert [change for change in made.changes() if change[0] == "core.response_topics"] == [
        ("core.response_topics", None, date(2025, 6, 1), 1)
    ]
    gone = response("2", "b@x", "2025-06-01", 3, updated_at="2025-08-01")
    made.add(gone)
    assert made.rows("core.response_topics") == [("1", "price")]


def test_topics_are_found_in_comments_that_are_not_published(shop) -> None:
    made = shop(
        response("1", "a@x", "2025-05-01", 3, comment="late, write to support@shop.example", language="en"),
        publish_comments=False,
    )
    assert made.rows("core.responses", "comment") == [(None,)]
    assert made.rows("core.response_topics") == [("1", "delivery")]


def test_another_lexicon_is_matched_anew_and_stales_only_what_it_moves(shop) -> None:
    made = shop(
        response("1", "a@x", "2025-05-01", 3, comment="Too expensive", language="en"),
        response("2", "b@x", "2025-06-01", 3, comment="The assembly took a day", language="en"),
    )
    assert made.rows("core.response_topics") == [("1", "price"), ("2", "none")]
    made.settings.topics_path.write_text("topic,language,word\nassembly,en,assembl*\n")
    conform(made.connection, made.settings)
    assert made.rows("core.response_topics") == [("1", "price"), ("2", "assembly")]
    assert made.changes() == [("core.response_topics", None, date(2025, 6, 1), 1)]
    made.settings.topics_path.unlink()
    conform(made.connection, made.settings)
    assert made.rows("core.response_topics") == [("1", "price"), ("2", "none")]


def test_a_broken_file_of_the_operator_stops_before_anything_is_written(shop) -> None:
    made = shop(response("1", "a@x", "2025-05-01", 3, comment="late", language="en"))
    made.settings.topics_path.write_text("topic,language,word\nPrice,en,cost\n")
    with pytest.raises(SettingsError, match="row 2, column topic"):
        made.add(response("2", "b@x", "2025-06-01", 3, comment="late", language="en"))
    assert made.rows("core.responses", "response_id") == [("1",)]
