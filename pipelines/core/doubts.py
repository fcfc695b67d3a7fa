"""What counts and may be wrong: the reasons to doubt that ops.doubts shows.

Here: the list of doubts, one for each file of sql/ops/doubts, and writing the table. Not here: what a file itself gives
reason to doubt (pipelines/raw writes that to raw.doubts) and the warning of each doubt (pipelines/figures/checks.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

import duckdb

from pipelines.core.temporary import make
from pipelines.raw.readings import LATEST
from pipelines.warehouse.quoting import literal
from pipelines.warehouse.sql_files import SQL, statements

# Doubts that time alone does away with.
OF_CLOCK = frozenset({"future_time"})


@dataclass(frozen=True)
class Doubt:
    """A reason to doubt: its code, what it means (the first comment of its file), and its SELECT."""

    code: str
    meaning: str
    statement: str


@cache
def doubts() -> tuple[Doubt, ...]:
    """All doubts, by code."""
    texts = {file.stem: file.read_text(encoding="utf-8") for file in sorted((SQL / "ops" / "doubts").glob("*.sql"))}
    return tuple(Doubt(code, text.splitlines()[0].removeprefix("-- "), text) for code, text in texts.items())


def write_doubts(connection: duckdb.DuckDBPyConnection, as_of: datetime, *, is_whole: bool) -> None:
    """Write ops.doubts anew from the vault and core, after conforming, inside the caller's transaction.

    as_of: the clock. is_whole: everybody's records were conformed; otherwise what the people in scope cannot have
    changed is taken from what ops.doubts says.
    """
    _set_clock(connection, as_of)
    connection.execute("CREATE OR REPLACE TEMP TABLE told_before AS FROM ops.doubts")
    if is_whole:
        connection.execute("CREATE OR REPLACE TEMP VIEW suspect_orders AS FROM vault.raw.orders")
    else:
        make(connection, "suspect_orders", "scope/suspect_orders")
    parts = [_rows(one) for one in doubts()]
    connection.execute(statements("macros/simulated_shop.sql"))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE shared_identities AS {statements('ops/shared_identities.sql')}")
    connection.execute("DELETE FROM ops.doubts")
    connection.execute(f"INSERT INTO ops.doubts BY NAME {' UNION ALL BY NAME '.join(parts)} ORDER BY ALL")


def write_doubts_of_clock(connection: duckdb.DuckDBPyConnection, as_of: datetime) -> None:
    """Bring the doubts that change without a load up to the clock; inside the caller's transaction."""
    _set_clock(connection, as_of)
    for one in doubts():
        if one.code not in OF_CLOCK:
            continue
        columns = "doubt, file_id, kind, subject, records, money, example, advice"
        now = f"SELECT {columns} FROM ({_rows(one)}) ORDER BY ALL"
        is_of_code = f"doubt = {literal(one.code)}"
        told = f"SELECT {columns} FROM ops.doubts WHERE {is_of_code} ORDER BY ALL"
        # In nearly every night nothing has changed, and nothing is written.
        if connection.execute(now).fetchall() != connection.execute(told).fetchall():
            connection.execute(f"DELETE FROM ops.doubts WHERE {is_of_code}")
            connection.execute(f"INSERT INTO ops.doubts ({columns}) {now}")


def _rows(one: Doubt) -> str:
    return f"SELECT {literal(one.code)} AS doubt, * FROM (\n{one.statement}\n)"


def _set_clock(connection: duckdb.DuckDBPyConnection, as_of: datetime) -> None:
    connection.execute("SET VARIABLE latest_time = $1::TIMESTAMPTZ", [as_of + LATEST])
