"""A shop that one input of ../shared/cases landed in: what tests of those inputs share.

Here: finding the inputs (a reason to skip where they are absent), landing, loading and conforming one. Not here:
expectations.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines.core.conform import conform
from pipelines.raw.load import load
from pipelines.settings import Settings
from pipelines.warehouse.connection import opened

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases"


@contextmanager
def landed(home: Path, folder: str, **values: object) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of a shop after the files of one folder landed; settings by name, in UTC unless said."""
    source = CASES / folder
    if not source.exists():
        pytest.skip(f"the input is not on this machine: {folder}")
    given: dict[str, object] = {"timezone": "UTC", "currency": "EUR", "as_of": datetime(2026, 10, 1, tzinfo=UTC)}
    settings = Settings(home=home, salt="a salt for the tests", **(given | values))  # type: ignore[arg-type]
    settings.landing.mkdir(parents=True)
    for path in sorted(source.iterdir()):
        (settings.landing / path.name).write_bytes(path.read_bytes())
    with opened(settings) as connection:
        load(connection, settings)
        conform(connection, settings)
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
