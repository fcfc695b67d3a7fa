"""What a web page shows of a table: its description, its columns, how many rows it has, the first few.

Here: reading that, and rows as Markdown. Not here: Dagster's objects (assets/metadata.py). Columns of free text are
left out of previews, and nothing is read from the vault.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import duckdb
import polars as pl

from pipelines.periods import Window
from pipelines.warehouse.frames import frame
from pipelines.warehouse.quoting import quoted
from pipelines.warehouse.sql_files import statements

PREVIEW_ROWS = 5
HIDDEN = {"comment", "answer", "example", "detractor_example", "record", "note", "outcome", "owner"}


@dataclass(frozen=True)
class Column:
    """A column of a table, its type as DuckDB writes it."""

    name: str
    type: str
    comment: str | None
    is_nullable: bool


@dataclass(frozen=True)
class Preview:
    """A table at a glance. first_rows: Markdown."""

    columns: list[Column]
    rows: int
    first_rows: str


def description(table: str) -> str:
    """The table's comment in sql/schema, or an empty text."""
    schema, _ = table.split(".")
    pattern = rf"COMMENT ON TABLE {re.escape(table)} IS '((?:[^']|'')*)'"
    comment = re.search(pattern, statements(f"schema/{schema}.sql"))
    return comment.group(1).replace("''", "'") if comment else ""


def preview(connection: duckdb.DuckDBPyConnection, table: str, months: Window | None = None) -> Preview:
    """Columns and row count of a table of the warehouse, and the first rows, of `months` if given."""
    [(count,)] = connection.execute(f"SELECT count(*) FROM {quoted(table)}").fetchall()
    where = f"month >= DATE '{months.start}' AND month < DATE '{months.end}'" if months else "true"
    rows = frame(connection.sql(f"SELECT * FROM {quoted(table)} WHERE {where} LIMIT {PREVIEW_ROWS}"))
    return Preview(_columns(connection)[table], count, without_free_text(rows))


@lru_cache(maxsize=1)
def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, list[Column]]:
    """The columns of every table of the warehouse.

    Read once for a connection: DuckDB lists all columns, whichever table is asked for, and a night asks 40 times, which
    took 0.2 s of processor.
    """
    columns: dict[str, list[Column]] = {}
    for table, *column in connection.execute(
        "SELECT schema_name || '.' || table_name, column_name, data_type, comment, is_nullable FROM duckdb_columns() "
        "WHERE database_name = 'warehouse' ORDER BY schema_name, table_name, column_index"
    ).fetchall():
        columns.setdefault(table, []).append(Column(*column))
    return columns


def without_free_text(rows: pl.DataFrame) -> str:
    """Rows as a Markdown table, columns of free text left out."""
    return markdown(rows.select(pl.exclude(HIDDEN)))


def named_values(values: Mapping[str, object]) -> str:
    """Names and values as a Markdown table of two columns; missing values are left out."""
    texts = {name: str(value) for name, value in values.items() if value is not None}
    return markdown(pl.DataFrame({"what": list(texts), "value": list(texts.values())}))


def markdown(rows: pl.DataFrame) -> str:
    """Rows as a Markdown table."""
    with pl.Config(
        tbl_formatting="ASCII_MARKDOWN",
        tbl_hide_dataframe_shape=True,
        tbl_hide_column_data_types=True,
        tbl_cols=-1,
        tbl_rows=-1,
        fmt_str_lengths=1000,
        tbl_width_chars=-1,  # a wrapped row would not be a row of a Markdown table
    ):
        return str(rows)
