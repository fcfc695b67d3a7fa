"""Temporary relations: what a conform makes on its way, from the SELECTs of sql/core.

Here: making one, adding to it, dropping it, and dropping all that a block made. Not here: what they hold (sql/core).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from pipelines.warehouse.quoting import identifier
from pipelines.warehouse.sql_files import statements

_RELATIONS = """
SELECT table_name, 'TABLE' FROM duckdb_tables() WHERE database_name = 'temp'
UNION ALL
SELECT view_name, 'VIEW' FROM duckdb_views() WHERE database_name = 'temp' AND NOT internal"""


def make(connection: duckdb.DuckDBPyConnection, name: str, file: str | None = None, *, is_view: bool = False) -> None:
    """Make a temporary table from the SELECT of a file of sql/core, that of the same name unless another is given.

    is_view: make a view, for rows that are read once.
    """
    kind = "VIEW" if is_view else "TABLE"
    connection.execute(f"CREATE OR REPLACE TEMP {kind} {name} AS {statements(f'core/{file or name}.sql')}")


def add(connection: duckdb.DuckDBPyConnection, name: str, file: str | None = None) -> None:
    """Add the rows of a SELECT of sql/core to a temporary table."""
    connection.execute(f"INSERT INTO {name} {statements(f'core/{file or name}.sql')}")


def drop(connection: duckdb.DuckDBPyConnection, *names: str) -> None:
    """Drop temporary tables and views; a table's memory is free for what follows."""
    kinds = relations(connection)
    for name in names:
        connection.execute(f"DROP {kinds[name]} temp.{identifier(name)}")


@contextmanager
def dropped(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Drop what the block makes: its memory goes to the figures that follow."""
    before = relations(connection)
    yield
    drop(connection, *sorted(relations(connection).keys() - before.keys()))


def relations(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """By name: TABLE or VIEW."""
    return dict(connection.sql(_RELATIONS).fetchall())
