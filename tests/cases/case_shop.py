"""A shop that one reported input landed in: what tests of shipped formats share.

Here: landing one, and reading it as text. Not here: landing and loading themselves (small_shop.py), and expectations.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from cases.small_shop import Night
from shared_files import case


@contextmanager
def landed(home: Path, folder: str, **values: Any) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of a shop after the files of one folder landed; settings by name, in UTC unless said."""
    given = {"timezone": "UTC", "currency": "EUR", "as_of": datetime(2026, 10, 1, tzinfo=UTC)} | values
    with Night(home, **given).land(*case(folder)).loaded() as connection:
        yield connection


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[str | None, ...]]:
    """All values of a query as text, ordered."""
    return connection.sql(f"SELECT COLUMNS(*)::VARCHAR FROM ({query}) ORDER BY ALL").fetchall()


def net(connection: duckdb.DuckDBPyConnection) -> Decimal:
    """The money of all orders, as revenue counts it."""
    ((money,),) = connection.sql("SELECT sum(net) FROM core.orders").fetchall()
    return money


def refused(connection: duckdb.DuckDBPyConnection) -> list[tuple[str | None, ...]]:
    """Row, kind, column, reason and value of each refused row."""
    return rows(connection, "SELECT row_number, kind, column_name, reason, value FROM vault.raw.rejected")
