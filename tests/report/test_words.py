"""The catalogues: every language says everything, with the same braces, and every word is used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipelines.report.language import NUMBER_LOCALES, WORDS, Language, catalogue
from pipelines.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PLURALS = {"one", "other"}
REPORTS = sorted((ROOT / "sql" / "report").glob("*.sql"))


def sentences(entry: dict[str, Any], place: str = "") -> Iterator[tuple[str, Any]]:
    for name, one in entry.items():
        if isinstance(one, dict) and not set(one) <= PLURALS:
            yield from sentences(one, f"{place}{name}.")
        else:
            yield f"{place}{name}", one


def braces(sentence: Any) -> list[set[str]]:
    forms = sentence.values() if isinstance(sentence, dict) else [sentence]
    return [{name for _, name, _, _ in Formatter().parse(form) if name is not None} for form in forms]


def language(code: str, currency: str | None = "EUR") -> Language:
    return Language(code, ZoneInfo("Europe/Berlin"), currency)


def test_a_language_is_a_file_a_locale_and_a_value_of_the_setting() -> None:
    files = {file.stem for file in WORDS.glob("*.toml")}
    assert files == set(NUMBER_LOCALES) == {"en", "de", "fr"}
    assert all(Settings(language=code).language == code for code in files)


@pytest.mark.parametrize("code", ["de", "fr"])
def test_a_translation_says_everything_with_the_same_braces(code: str) -> None:
    english, other = dict(sentences(catalogue("en"))), dict(sentences(catalogue(code)))
    assert set(english) == set(other)
    differing = {
        key for key in english if {*map(frozenset, braces(english[key]))} != {*map(frozenset, braces(other[key]))}
    }
    assert not differing
    same = {
        key for key in english if english[key] == other[key] and not key.startswith(("codes.", "columns.", "axis."))
    }
    assert same <= {"page.pair", "page.segment", "tiles.month", "tiles.year", "tiles.everybody_value"}


@pytest.mark.parametrize("code", list(NUMBER_LOCALES))
def test_every_plural_has_one_and_other(code: str) -> None:
    plurals = {key: one for key, one in sentences(catalogue(code)) if isinstance(one, dict)}
    assert plurals
    assert all(set(forms) == PLURALS for forms in plurals.values())


def test_every_block_and_column_has_its_words(page) -> None:
    blocks = catalogue("en")["blocks"]
    assert set(blocks) == {file.stem for file in REPORTS} | {"calibration"} == set(page.blocks)
    assert all({"title", "how"} <= set(words) for words in blocks.values())
    shown = {name for block in page.blocks.values() for name in block.columns}
    assert shown <= set(catalogue("en")["columns"])


def test_no_word_is_unused() -> None:
    code = "\n".join(
        file.read_text(encoding="utf-8")
        for folder in ("pipelines/report", "assets", "pipelines/calibrate")
        for file in (ROOT / folder).rglob("*")
        if file.suffix in {".py", ".jinja"}
    )
    sql = "\n".join(file.read_text(encoding="utf-8") for file in REPORTS)
    for place in ("page", "doubts", "summary", "letter", "tiles", "headline", "axis", "sections"):
        # A tile's note is its name with this ending.
        names = {name.removesuffix("_note") for name in catalogue("en")[place]}
        unused = [name for name in names if not re.search(rf"\b{name}\b", code)]
        assert not unused, place
    columns = [name for name in catalogue("en")["columns"] if not re.search(rf"\b{name}\b", sql + code)]
    assert not columns


def test_values_as_people_write_them() -> None:
    english, german, french = (language(code) for code in ("en", "de", "fr"))
    assert [one.number(-1234.56, 1) for one in (english, german, french)] == ["-1,234.6", "-1.234,6", "-1\u202f234,6"]
    assert [one.money(1234.5) for one in (english, german, french)] == [
        "€1,234.50",
        "1.234,50\xa0€",
        "1\u202f234,50\xa0€",
    ]
    assert [one.share(0.4171) for one in (english, german, french)] == ["41.7%", "41,7\xa0%", "41,7\xa0%"]
    assert [one.day(date(2026, 11, 3)) for one in (english, german, french)] == [
        "November 3, 2026",
        "3. November 2026",
        "3 novembre 2026",
    ]
    assert english.points(-0.04, signed=True) == "0.0"
    assert english.points(3.21, signed=True) == "+3.2"
    assert english.last_day(date(2026, 12, 1)) == "Nov 30, 2026"
    assert german.moment(datetime(2026, 12, 1, 12, 5, tzinfo=UTC)) == "1. Dezember 2026, 13:05 (Europe/Berlin)"
    assert [english.p_value(value) for value in (0.0001, 0.0321)] == ["< 0.001", "0.032"]


def test_money_without_a_currency_and_without_cents() -> None:
    assert language("en", None).money(1234.5) == "1,234.50"
    assert language("en", "JPY").money(1234.4) == "¥1,234"


def test_sentences_follow_the_number() -> None:
    english, french = language("en"), language("fr")
    assert english.text("summary.customers", 1) == "1 customer"
    assert english.text("summary.customers", 1200) == "1,200 customers"
    assert french.text("summary.customers", 0) == "0 client"
    with pytest.raises(KeyError, match=r"no\.such"):
        english.text("no.such")


def test_a_code_of_ours_has_a_name_and_a_segment_of_the_shops_keeps_its_own() -> None:
    german = language("de")
    assert german.named("category", "promoter") == "Promotoren"
    assert german.named("segment", "DE") == "DE"
    assert german.named("segment", "one.two") == "one.two"
    assert german.named("segment", "") == ""
