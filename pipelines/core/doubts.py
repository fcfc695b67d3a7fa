"""What counts and may be wrong: the reasons to doubt that ops.doubts shows.

Here: the list of doubts, one for each file of sql/ops/doubts, and writing the table. Not here: what a file itself gives
reason to doubt (pipelines/raw writes that to raw.doubts) and the warning of each doubt (pipelines/figures/checks.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import duckdb

from pipelines.warehouse.quoting import literal
from pipelines.warehouse.sql_files import SQL, statements


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


def write_doubts(connection: duckdb.DuckDBPyConnection) -> None:
    """Write ops.doubts anew from the vault and core; inside the caller's transaction."""
    parts = [f"SELECT {literal(one.code)} AS doubt, * FROM (\n{one.statement}\n)" for one in doubts()]
    connection.execute(statements("macros/simulated_shop.sql"))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE shared_identities AS {statements('ops/shared_identities.sql')}")
    connection.execute("DELETE FROM ops.doubts")
    connection.execute(f"INSERT INTO ops.doubts BY NAME {' UNION ALL BY NAME '.join(parts)} ORDER BY ALL")
