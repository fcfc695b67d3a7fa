"""Columns and types of the tables in sql/schema, for the code that fills them.

Here: the Polars schema of a table, read from the text of its DDL: under 1 ms for all tables of a schema, where running
the DDL takes 75 ms. Not here: running it (connection.py) and comparing a file's tables with it (upgrade.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import polars as pl

from pipelines.warehouse.sql_files import statements

_TABLE = re.compile(r"CREATE TABLE IF NOT EXISTS (\S+) \(\n(.*?)\n\);", re.DOTALL)
_COLUMN = re.compile(r"^    (\w+) ([A-Z]+(?:\([^)]*\))?)", re.MULTILINE)
_TYPES: dict[str, pl.DataType] = {
    "BIGINT": pl.Int64(),
    "BOOLEAN": pl.Boolean(),
    "DATE": pl.Date(),
    "DECIMAL(18, 2)": pl.Decimal(18, 2),
    "DECIMAL(18, 4)": pl.Decimal(18, 4),
    "DOUBLE": pl.Float64(),
    "INTEGER": pl.Int32(),
    "SMALLINT": pl.Int16(),
    "TIMESTAMPTZ": pl.Datetime("us", "UTC"),
    "TINYINT": pl.Int8(),
    "VARCHAR": pl.String(),
}


def table_schema(table: str, columns: Iterable[str] | None = None) -> pl.Schema:
    """Columns and types of a table; times are in UTC.

    Args:
        table: schema and name, for example value.retention.
        columns: only these, in this order; by default all, in the order of the DDL.

    Raises:
        KeyError: sql/schema has no such table or column, or a column's type is not one that figures use.
    """
    types = _tables(table.split(".", maxsplit=1)[0])[table]
    return pl.Schema({name: _TYPES[types[name]] for name in (types if columns is None else columns)})


def empty(table: str) -> pl.DataFrame:
    """A frame without rows, with the columns and types of a table."""
    return table_schema(table).to_frame()


@cache
def _tables(schema: str) -> dict[str, dict[str, str]]:
    """By table of a schema: its columns and their SQL types."""
    definitions = _TABLE.findall(statements(f"schema/{schema}.sql"))
    return {table: dict(_COLUMN.findall(columns)) for table, columns in definitions}
