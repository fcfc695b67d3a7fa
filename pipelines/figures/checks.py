"""The checks of the warehouse: each selects the rows that break its promise.

Here: finding, running and reporting them. A file of sql/checks is one check of one table; a file of sql/checks/derived
is a check of every declared table, with this_table and this_key for what the table declares, or of every doubt of
sql/ops/doubts. The header of a file names its table, says whether it blocks publishing, whether it looks at each month
or key by itself, and what it promises. Not here: which checks need not run again (passes.py), and stopping anything;
pipelines/publish.py refuses when a blocking check fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
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
EACH = "each: "
# The column by which figure tables, and their checks, have parts; core has none.
MONTH = "month"
# A table in a statement, not its name in a text.
_TABLE = re.compile(r"(?<!')\b((?:vault\.raw|core|nps|value|loop|ops)\.[a-z_]+)\b(?!')")


@dataclass(frozen=True)
class Check:
    """A check: its name, the table it looks at, what it promises, whether it blocks publishing.

    each: a column (`-- each: month` in the header): whether the promise holds for the rows with one value of it depends
    on them alone, in all tables that are read, and rows without a value never break it. So only the months, or keys,
    whose rows changed need looking at.
    """

    name: str
    table: str
    promise: str
    is_blocking: bool
    statement: str
    each: str | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that the statement reads, by name."""
        return tuple(sorted(set(_TABLE.findall(self.statement))))

    def on(self, relation: Callable[[str], str]) -> Check:
        """The same check on other relations. relation: gives that for a table."""
        return replace(self, statement=_TABLE.sub(lambda table: relation(table[0]), self.statement))


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
    derived = [_unique(core.table, core.key, core.key[0] if core.key[0] != MONTH else None) for core in CORE_TABLES]
    derived += [_unique(figure.table, figure.key, MONTH if MONTH in figure.key else None) for figure in FIGURES]
    derived += [_derived("computed", figure.table, figure.key) for figure in FIGURES]
    derived += [_of_doubt(doubt) for doubt in doubts()]
    return tuple(sorted([*written(SQL / "checks"), *derived], key=lambda check: check.name))


def written(folder: Path) -> list[Check]:
    """The checks that are files of a folder, by name.

    Raises:
        ValueError: a file lacks its header.
    """
    return [_parse(file.stem, file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.sql"))]


def _unique(table: str, key: tuple[str, ...], each: str | None) -> Check:
    return replace(_derived("unique", table, key), each=each)


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
    each = header.pop(2).removeprefix(EACH) if header[2:] and header[2].startswith(EACH) else None
    if set(fields) != {"table", "blocking"} or fields["blocking"] not in {"yes", "no"} or len(header) < 3:
        message = f"{name}.sql must begin with '-- table: ', '-- blocking: yes|no' and a line that says its promise"
        raise ValueError(message)
    return Check(name, fields["table"], " ".join(header[2:]), fields["blocking"] == "yes", "\n".join(lines), each)


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
