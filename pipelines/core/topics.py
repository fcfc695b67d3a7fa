"""Topics of comments: the lexicon, and finding its words in text.

Here: reading sql/lexicon/topics.csv and the operator's {HOME}/topics.csv, and matching all words at once (Aho-Corasick,
in Polars). Not here: whose comments are searched (conform.py), or what a topic does to the score (pipelines/nps).

A word matches whole words; `deliver*` matches words that begin with it, `*preis` words that end with it, `*liefer*`
words that contain it; several words are a phrase. Case, accents and punctuation are ignored. In scripts without spaces
between words (Chinese, Japanese, Korean, Thai) a word matches anywhere. Where two matches overlap, the one that begins
first counts, then the longer one: `value for money` hides `money`, and a phrase of topic `none` hides words that are no
mention there. The language of a comment selects the words; a comment in a language without words, or in none, is
matched with all of them. A match says what a comment is about, not whether it is praise or blame.

Words of the topics URGENT (harm, a broken promise of service) are matched apart: no other word hides them, and they
hide none. Who reports either is never held out from follow-up (pipelines/loop/holdout.py), so a word too many is the
lesser mistake.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import polars as pl

from pipelines.operator_files import OperatorFile
from pipelines.settings import Settings, SettingsError
from pipelines.warehouse.sql_files import SQL

SHIPPED = SQL / "lexicon" / "topics.csv"
COLUMNS = ("topic", "language", "word")
NO_TOPIC = "none"
URGENT = ("harm", "broken_promise")
EVERY = "all"
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}]"
# Letters that Unicode decomposition leaves whole.
_LETTERS = {"ß": "ss", "œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i"}
_MASKS = r"\[(?:e-mail|phone)\]"
_ALLOWED = {
    "topic": "small letters, digits and _, beginning with a letter; none for words that are no mention",
    "language": "a code of two or three small letters such as en, or all",
    "word": "one to eight words of letters and digits, with * at an end for any beginning or ending",
}


def read_lexicon(settings: Settings) -> pl.DataFrame:
    """The words of all topics: topic, language, word. The operator's rows replace shipped rows of the same word.

    A word may be listed once among URGENT topics and once among the others; a row replaces those of its own list, a row
    of topic `none` both.

    Raises:
        SettingsError: the operator's file has another header or a value that is not allowed.
    """
    shipped = _shipped()
    if not settings.topics_path.is_file():
        return shipped
    own = _read(settings.topics_path)
    is_none = pl.col("topic") == NO_TOPIC
    replaced = pl.concat([_listed(own), _listed(own.filter(is_none)).with_columns(is_urgent=True)])
    remaining = _listed(shipped).join(replaced, on=["is_urgent", "language", "folded", "ends"], how="anti")
    return pl.concat([remaining.select(COLUMNS), own]).unique().sort(COLUMNS)


def _listed(words: pl.DataFrame) -> pl.DataFrame:
    """The words with what they are told apart by: their list, their language, the folded word, its open ends."""
    return words.with_columns(_folded("word").alias("folded"), _ends("word"), is_urgent=pl.col("topic").is_in(URGENT))


def fingerprint(settings: Settings) -> str:
    """Digest of the words: with another lexicon every comment is matched again."""
    digest = hashlib.sha256()
    for file in (SHIPPED, settings.topics_path):
        digest.update(file.read_bytes() if file.is_file() else b"")
    return digest.hexdigest()


def primary_language(language: pl.Expr) -> pl.Expr:
    """`en` for `en-us` and `EN_GB`; null for anything that is not a language code."""
    return language.str.strip_chars().str.to_lowercase().str.extract(r"^([a-z]{2,3})(?:[-_]|$)")


def find_topics(comments: pl.DataFrame, lexicon: pl.DataFrame) -> pl.DataFrame:
    """The topics of every comment.

    Args:
        comments: response_id, comment, language; rows without text are ignored.
        lexicon: from `read_lexicon`.

    Returns:
        response_id, topic; one row per comment and topic in it, topic `none` for a comment without any.
    """
    texts = comments.filter(pl.col("comment").str.strip_chars() != "").select(
        "response_id",
        language=primary_language(pl.col("language")),
        text=pl.format("  {}  ", _fold(pl.col("comment").str.replace_all(_MASKS, " "))),
    )
    if texts.is_empty():
        # Folding the lexicon takes 10 ms.
        return texts.select("response_id", topic=pl.lit(NO_TOPIC))
    patterns = _patterns(lexicon)
    urgent = pl.col("topic").is_in(URGENT)
    topics = pl.concat([_matched(texts, patterns.filter(~urgent)), _matched(texts, patterns.filter(urgent))])
    without = texts.join(topics, on="response_id", how="anti").select("response_id", topic=pl.lit(NO_TOPIC))
    return pl.concat([topics, without])


def _matched(texts: pl.DataFrame, patterns: pl.DataFrame) -> pl.DataFrame:
    """The topics, except `none`, that texts mention by the words of their language: response_id, topic."""
    # Words for every language are matched with those of each.
    languages = patterns.filter(pl.col("language") != EVERY)["language"].unique().sort().to_list()
    texts = texts.with_columns(
        pl.when(pl.col("language").is_in(languages)).then("language").otherwise(pl.lit(EVERY)).alias("language")
    )
    mentions = [texts.clear().select("response_id", topic=pl.lit(NO_TOPIC))]
    for (language,), part in texts.group_by("language"):
        words = patterns if language == EVERY else patterns.filter(pl.col("language").is_in([language, EVERY]))
        if words.height:
            mentions.append(_mentions(part, words.select("pattern", "topic").unique()))
    return pl.concat(mentions)


def _mentions(texts: pl.DataFrame, words: pl.DataFrame) -> pl.DataFrame:
    """The topics, except `none`, that texts of one language mention: one row per response_id and topic."""
    # Where several patterns match, the first in the list wins: the longest.
    ordered = words.select("pattern").unique().sort(pl.col("pattern").str.len_bytes(), "pattern", descending=True)
    # Not lazily: the planner takes seconds for a literal of a thousand words.
    matches = pl.col("text").str.extract_many(ordered["pattern"].to_list(), leftmost=True)
    return (
        texts.select("response_id", pattern=matches)
        .explode("pattern")
        .drop_nulls("pattern")
        .join(words, on="pattern")
        .filter(pl.col("topic") != NO_TOPIC)
        .select("response_id", "topic")
        .unique()
    )


def _patterns(lexicon: pl.DataFrame) -> pl.DataFrame:
    """The lexicon as patterns: a blank where a word must begin or end.

    Folded texts have two blanks between words, so that adjacent matches do not compete for one.
    """
    word, folded = pl.col("word"), _folded("word")
    unspaced = word.str.contains(_UNSPACED)
    before = pl.when(unspaced | word.str.starts_with("*")).then(pl.lit("")).otherwise(pl.lit(" "))
    after = pl.when(unspaced | word.str.ends_with("*")).then(pl.lit("")).otherwise(pl.lit(" "))
    return lexicon.select("topic", "language", pattern=pl.concat_str(before, folded, after))


def _fold(text: pl.Expr) -> pl.Expr:
    """Lower case without accents, words separated by two blanks."""
    plain = text.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.to_lowercase()
    return plain.str.replace_many(_LETTERS).str.replace_all(r"[^\p{L}\p{N}]+", "  ").str.strip_chars()


def _folded(name: str) -> pl.Expr:
    return _fold(pl.col(name))


def _ends(name: str) -> pl.Expr:
    """Which ends of a word are open, as a number."""
    starts, ends = pl.col(name).str.starts_with("*"), pl.col(name).str.ends_with("*")
    return (starts.cast(pl.Int8) * 2 + ends.cast(pl.Int8)).alias("ends")


@cache
def _shipped() -> pl.DataFrame:
    return _read(SHIPPED)


def _read(path: Path) -> pl.DataFrame:
    file = OperatorFile(path, COLUMNS, SettingsError)
    records = [{"row": number, **cells} for number, cells in file.rows()]
    rows = pl.DataFrame(records, schema={"row": pl.Int64} | dict.fromkeys(COLUMNS, pl.String))
    _check(file, rows)
    return rows.select(COLUMNS).unique().sort(COLUMNS)


def _check(file: OperatorFile, rows: pl.DataFrame) -> None:
    """Refuse values that are not allowed, naming row and column of each."""
    word = pl.col("word").str.strip_chars("*")
    conditions = {
        "topic": pl.col("topic").str.contains(r"^[a-z][a-z0-9_]{0,39}$") & (pl.col("topic") != EVERY),
        "language": pl.col("language").str.contains(r"^[a-z]{2,3}$"),
        "word": word.str.contains(r"^[\p{L}\p{M}\p{N}]+(?:[ '’-]+[\p{L}\p{M}\p{N}]+){0,7}$")
        & ~pl.col("word").str.contains(r"^\*\*|\*\*$"),
    }
    wrong = [
        rows.filter(~condition).select("row", column=pl.lit(name), value=name) for name, condition in conditions.items()
    ]
    lines = [
        file.problem(row, column, value, _ALLOWED[column])
        for row, column, value in pl.concat(wrong).sort("row", "column").rows()
    ]
    if lines:
        raise SettingsError("\n".join(lines))
