"""The checks of the warehouse: each selects the rows that break its promise.

Here: finding, running and reporting them. A file of sql/checks is one check of one table; a file of sql/checks/derived
is a check of every declared table, with this_table and this_key for what the table declares, or of every doubt of
sql/ops/doubts. The header of a file names its table, says whether it blocks publishing, and what it promises. Not here:
stopping anything; pipelines/publish.py refuses when a blocking check fails.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import takewhile
from pathlib import Path

import duckdb
import polars as pl

from pipelines.core.doubts import Doubt, doubts
from pipelines.core.tables import CORE_TABLES
from pipelines.figures import FIGURES
from pipelines.settings import Settings
from pipelines.warehouse.frames import frame
from pipelines.warehouse.sql_files import SQL, statements

SHOWN_ROWS = 5
# Checks per statement: 150 checks of an almost empty shop take 195 ms of processor time, one by one 240 ms.
TOGETHER = 20
EACH_MONTH = "each: month"
# A table in a statement, not its name in a text.
_TABLE = re.compile(r"(?<!')\b((?:vault\.raw|core|nps|value|ops)\.[a-z_]+)\b(?!')")


@dataclass(frozen=True)
class Check:
    """A check: its name, the table it looks at, what it promises, whether it blocks publishing.

    each_month: whether which rows of a month break the promise depends on that month alone, so that the months computed
    since need looking at alone. `-- each: month` in the header.
    """

    name: str
    table: str
    promise: str
    is_blocking: bool
    statement: str
    each_month: bool = False

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that the statement reads, by name."""
        return tuple(sorted(set(_TABLE.findall(self.statement))))

    def of_months(self, months: Sequence[date]) -> Check:
        """The same check on some months of all tables it reads."""
        days = ", ".join(f"DATE '{month}'" for month in months)
        bounded = rf"(SELECT * FROM \1 WHERE month IN ({days}))"
        return replace(self, statement=_TABLE.sub(bounded, self.statement))


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
def checks() -> tuple[Check, ...]:
    """All checks, by name."""
    derived = [_derived("unique", declared.table, declared.key) for declared in CORE_TABLES]
    for figure in FIGURES:
        unique = _derived("unique", figure.table, figure.key)
        derived.append(replace(unique, each_month="month" in figure.key))
    derived += [_derived("computed", figure.table, figure.key) for figure in FIGURES]
    derived += [_of_doubt(doubt) for doubt in doubts()]
    return tuple(sorted([*written(SQL / "checks"), *derived], key=lambda check: check.name))


def written(folder: Path) -> list[Check]:
    """The checks that are files of a folder, by name.

    Raises:
        ValueError: a file lacks its header.
    """
    return [_parse(file.stem, file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.sql"))]


def _derived(name: str, table: str, key: tuple[str, ...]) -> Check:
    text = statements(f"checks/derived/{name}.sql")
    for placeholder, value in (("this_table", table), ("this_key", ", ".join(key))):
        text = text.replace(placeholder, value)
    return _parse(f"{table.replace('.', '_')}_{name}", text)


def _of_doubt(doubt: Doubt) -> Check:
    text = statements("checks/derived/doubt.sql")
    for placeholder, value in (("this_doubt", doubt.code), ("this_promise", doubt.meaning)):
        text = text.replace(placeholder, value)
    return _parse(f"ops_doubts_{doubt.code}", text)


def _parse(name: str, text: str) -> Check:
    lines = text.splitlines()
    header = [line.removeprefix("-- ") for line in takewhile(lambda line: line.startswith("-- "), lines)]
    fields = dict(line.partition(": ")[::2] for line in header[:2])
    each_month = EACH_MONTH in header[2:3]
    if each_month:
        header.remove(EACH_MONTH)
    if set(fields) != {"table", "blocking"} or fields["blocking"] not in {"yes", "no"} or len(header) < 3:
        message = f"{name}.sql must begin with '-- table: ', '-- blocking: yes|no' and a line that says its promise"
        raise ValueError(message)
    is_blocking = fields["blocking"] == "yes"
    return Check(name, fields["table"], " ".join(header[2:]), is_blocking, "\n".join(lines), each_month)


def run(connection: duckdb.DuckDBPyConnection, settings: Settings, tables: set[str] | None = None) -> list[Result]:
    """Run the checks of some tables, or all, on the open warehouse, over everything it holds."""
    return evaluate(connection, settings, [check for check in checks() if tables is None or check.table in tables])


def evaluate(connection: duckdb.DuckDBPyConnection, settings: Settings, chosen: Sequence[Check]) -> list[Result]:
    """Run checks; their results in the same order."""
    connection.execute("SET VARIABLE max_rejected = ?", [settings.max_rejected])
    results = []
    for first in range(0, len(chosen), TOGETHER):
        part = chosen[first : first + TOGETHER]
        # The line break ends a comment on a statement's last line.
        counts = " UNION ALL ".join(
            f"SELECT {number} AS number, count(*) FROM ({check.statement}\n)" for number, check in enumerate(part)
        )
        # Not `sql`, which binds a statement twice: a third of the time of a small shop's checks.
        offending = dict(connection.execute(counts).fetchall())
        for number, check in enumerate(part):
            rows = f"FROM ({check.statement}\n) LIMIT {SHOWN_ROWS}"
            sample = frame(connection.sql(rows)) if offending[number] else pl.DataFrame()
            results.append(Result(check, offending[number], sample))
    return results
