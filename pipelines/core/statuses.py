"""What the words of order statuses mean: the lexicon of statuses.

Here: reading sql/lexicon/statuses.csv and the operator's {HOME}/statuses.csv, and the temporary table of their words.
Not here: how words are compared (sql/macros/core/statuses.sql), which order has which meaning (sql/core/orders.sql).

A word means paid or open (both count), cancelled, never_paid or test (no revenue), or refunded (the whole amount was
given back unless the file states how much). A row with a format holds for files of that format, or of all formats with
that source; a row without one holds for all others. The operator's row replaces the shipped one of the same word and
format.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

import duckdb
import polars as pl

from pipelines.operator_files import OperatorFile
from pipelines.raw.formats import CANONICAL
from pipelines.settings import Settings, SettingsError
from pipelines.warehouse.frames import frame, registered
from pipelines.warehouse.sql_files import SQL, statements

SHIPPED = SQL / "lexicon" / "statuses.csv"
COLUMNS = ("word", "language", "format", "meaning")
OPTIONAL = frozenset({"language", "format"})
MEANINGS = ("paid", "open", "cancelled", "refunded", "never_paid", "test")
_SOURCE = re.compile(r"^--\s{0,2}source:\s*(\S+)", re.MULTILINE)
_LANGUAGE = r"^(?:[a-z]{2,3})?$"
_WORD = r"[\p{L}\p{N}]"


def read_statuses(connection: duckdb.DuckDBPyConnection, settings: Settings) -> pl.DataFrame:
    """The words as they are compared, one row per word and format: word, format (empty: all others), meaning.

    Args:
        connection: with the macros of sql/macros/core.
        settings: where the operator's file is.

    Raises:
        SettingsError: the operator's file has another header or a value that is not allowed.
    """
    shipped = _compared(connection, _shipped())
    if not settings.statuses_path.is_file():
        return shipped.drop("row")
    own = _compared(connection, _read(settings.statuses_path, _formats(settings)))
    _refuse_contradictions(OperatorFile(settings.statuses_path, COLUMNS, SettingsError, OPTIONAL), own)
    remaining = shipped.join(own, on=["word", "format"], how="anti")
    return pl.concat([remaining, own]).drop("row").unique().sort("word", "format")


def make_table(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Make the temporary table status_meanings: what each status in the vault means, NULL where nobody knows it."""
    with registered(connection, "status_words", read_statuses(connection, settings)):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE status_meanings AS {statements('core/status_meanings.sql')}")


def fingerprint(settings: Settings) -> str:
    """Digest of the words: with another lexicon every order is conformed again."""
    digest = hashlib.sha256()
    for file in (SHIPPED, settings.statuses_path):
        digest.update(file.read_bytes() if file.is_file() else b"")
    return digest.hexdigest()


def _formats(settings: Settings) -> frozenset[str]:
    """Names of all formats and their sources."""
    files = [*(SQL / "formats").glob("*.sql"), *settings.formats_path.glob("*.sql")]
    names = {file.stem.rpartition(".")[0] for file in files}
    sources = {found for file in files for found in _SOURCE.findall(file.read_text(encoding="utf-8", errors="replace"))}
    return frozenset({CANONICAL, *names, *sources})


@cache
def _shipped() -> pl.DataFrame:
    return _read(SHIPPED, None)


def _read(path: Path, formats: frozenset[str] | None) -> pl.DataFrame:
    """The rows of a file with their numbers; formats: the names that are allowed, None for any."""
    file = OperatorFile(path, COLUMNS, SettingsError, OPTIONAL)
    records = [{"row": number, **cells} for number, cells in file.rows()]
    rows = pl.DataFrame(records, schema={"row": pl.Int64} | dict.fromkeys(COLUMNS, pl.String))
    conditions = {
        "word": (pl.col("word").str.contains(_WORD), "the status as the export writes it"),
        "language": (pl.col("language").str.contains(_LANGUAGE), "empty, or a code of two or three small letters"),
        "meaning": (pl.col("meaning").is_in(MEANINGS), ", ".join(MEANINGS)),
    }
    if formats is not None:
        known = ", ".join(sorted(formats))
        is_known = (pl.col("format") == "") | pl.col("format").is_in(sorted(formats))
        conditions["format"] = (is_known, f"empty (all), or one of {known}")
    wrong = [
        rows.filter(~condition).select("row", column=pl.lit(name), value=name, allowed=pl.lit(allowed))
        for name, (condition, allowed) in conditions.items()
    ]
    lines = [file.problem(*problem) for problem in pl.concat(wrong).sort("row", "column").rows()]
    if lines:
        raise SettingsError("\n".join(lines))
    return rows


def _compared(connection: duckdb.DuckDBPyConnection, rows: pl.DataFrame) -> pl.DataFrame:
    with registered(connection, "status_rows", rows):
        return frame(
            connection.sql(
                "SELECT DISTINCT row, status_word(word) AS word, format, meaning FROM status_rows ORDER BY row"
            )
        )


def _refuse_contradictions(file: OperatorFile, own: pl.DataFrame) -> None:
    """Refuse a word that a file gives two meanings, naming the later row."""
    first = pl.col("meaning").first().over("word", "format")
    lines = [
        file.problem(row, "meaning", meaning, f"one meaning per word and format, and an earlier row says {earlier}")
        for row, meaning, earlier in own.filter(pl.col("meaning") != first)
        .select("row", "meaning", first.alias("e"))
        .rows()
    ]
    if lines:
        raise SettingsError("\n".join(lines))
