"""The checks of sql/checks: each SELECTs the rows that should not be.

Here: finding, running and reporting them. Not here: stopping anything; publish.py refuses when a blocking one fails,
and assets/metadata.py shows the same results in Dagster. A check's header names its table and whether it blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path

import duckdb
import polars as pl

from pipelines.settings import Settings
from pipelines.warehouse.connection import SQL
from pipelines.warehouse.frames import frame

SHOWN_ROWS = 5


@dataclass(frozen=True)
class Check:
    """One file of sql/checks: its name, the table it looks at, what it promises, whether it blocks publishing."""

    name: str
    table: str
    promise: str
    is_blocking: bool
    statement: str


@dataclass(frozen=True)
class Result:
    """How many rows break a check's promise, and the first few."""

    check: Check
    offending: int
    sample: pl.DataFrame

    @property
    def passed(self) -> bool:
        """No row breaks the promise."""
        return self.offending == 0


@cache
def checks(folder: Path = SQL / "checks") -> tuple[Check, ...]:
    """All checks, by name.

    Raises:
        ValueError: a file lacks its header.
    """
    return tuple(_parse(file) for file in sorted(folder.glob("*.sql")))


def _parse(file: Path) -> Check:
    lines = file.read_text(encoding="utf-8").splitlines()
    header = [line.removeprefix("-- ") for line in takewhile(lambda line: line.startswith("-- "), lines)]
    fields = dict(line.partition(": ")[::2] for line in header[:2])
    if set(fields) != {"table", "blocking"} or fields["blocking"] not in {"yes", "no"} or len(header) < 3:
        message = f"{file.name} must begin with '-- table: ', '-- blocking: yes|no' and a line that says its promise"
        raise ValueError(message)
    return Check(file.stem, fields["table"], " ".join(header[2:]), fields["blocking"] == "yes", "\n".join(lines))


def run(connection: duckdb.DuckDBPyConnection, settings: Settings, tables: set[str] | None = None) -> list[Result]:
    """Run the checks of some tables, or all, on the open warehouse."""
    connection.execute("SET VARIABLE max_rejected = ?", [settings.max_rejected])
    results = []
    for check in checks():
        if tables is None or check.table in tables:
            # The line break ends a comment on the statement's last line.
            rows = f"({check.statement}\n)"
            # Not `sql`, which binds a statement twice: of a small shop's checks that is a third of the time.
            [(offending,)] = connection.execute(f"SELECT count(*) FROM {rows}").fetchall()
            sample = frame(connection.sql(f"FROM {rows} LIMIT {SHOWN_ROWS}")) if offending else pl.DataFrame()
            results.append(Result(check, offending, sample))
    return results
