"""The SQL macros that formats and the loader call.

Here: their files, in the order in which they need each other, and making them available. Not here: the macros
(sql/macros).
"""

from __future__ import annotations

import duckdb

from pipelines.warehouse.quoting import identifier
from pipelines.warehouse.sql_files import statements

# Files below sql/macros, each using only macros of those before it.
MACROS = ("raw", "times", "numbers", "emails", "surveys", "shops", "reasons")


def macro_texts() -> list[str]:
    """The texts of their files."""
    return [statements(f"macros/{name}.sql") for name in MACROS]


def install_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the macros that formats and checks call available on this connection."""
    for text in macro_texts():
        connection.execute(text)


def is_true_of_one(connection: duckdb.DuckDBPyConnection, test: str, names: frozenset[str]) -> bool:
    """Whether a macro over names is true of one of them."""
    query = f"SELECT coalesce(bool_or({identifier(test)}(name)), false) FROM (SELECT unnest($1::VARCHAR[]) AS name)"
    return bool(connection.sql(query, params=[sorted(names)]).fetchall()[0][0])
