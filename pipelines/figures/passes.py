"""Which checks need not run again: those whose tables hold the rows on which they passed.

Here: digests of what checks read, ops.checked, which remembers what passed, and running the rest. Not here: the checks
(checks.py). What is remembered is content, not a time: whoever wrote a table since, a check is passed over only if the
same statement passed on the same rows. A check of each month is passed over month by month; a check of each key looks
at the keys that the newest conform changed, if it passed on the rows before. Once a week every check looks at
everything, in case one is wrongly declared to look at each month or key by itself. A check that compares figure tables
leaves out the months in which they were computed from different clocks or changes, until they no longer are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import blake2b

import duckdb
import polars as pl

from pipelines.core.tables import TABLES
from pipelines.figures import BY_TABLE
from pipelines.figures.changed_rows import ChangedRows, changed_rows
from pipelines.figures.checks import MONTH, Check, Result, checks, evaluate
from pipelines.settings import Settings
from pipelines.warehouse.frames import frame, registered
from pipelines.warehouse.stale import Past, behind

WEEK = timedelta(days=7)
COMPUTED = "ops.computed"
# What checks read of the vault; its tables are wide.
VAULT_COLUMNS = {
    "vault.raw.follow_ups": "source, response_id, contacted_at, is_dated",
    "vault.raw.identities": "identity, person",
    "vault.raw.invitations": "source, invitation_id",
    "vault.raw.orders": "source, order_id",
    "vault.raw.responses": "source, response_id",
    "vault.raw.reviews_given": "identity, given_at",
}
# The rows of a table, or of a part of one: how many, and the sum of their hashes.
Content = tuple[int, int]
# By table (ops.computed: by the table its rows are about) and month; None is a table without months.
Contents = dict[str, dict[date | None, Content]]


@dataclass(frozen=True)
class Passed:
    """On what a check passed. whole_at: the clock when it last looked at everything."""

    inputs: str
    parts: frozenset[str]
    whole_at: datetime


@dataclass(frozen=True)
class Due:
    """A check that must run.

    bounded: the check on what it must look at. parts: digests of what it reads, by month if it is one of each month.
    is_whole: whether it looks at everything.
    """

    check: Check
    bounded: Check
    parts: dict[date | None, str]
    is_whole: bool


def verify(connection: duckdb.DuckDBPyConnection, settings: Settings, tables: set[str] | None = None) -> list[Result]:
    """Results of the checks of some tables, or of all; those that passed on the same rows are not run again.

    Only what passes is remembered, so a check that fails runs again, and its result shows the rows.
    """
    chosen = [check for check in checks() if tables is None or check.table in tables]
    apart = _apart(connection, settings, chosen)
    contents = _contents(connection, sorted({table for check in chosen for table in check.tables}))
    passed = _passed(connection, chosen)
    has_keyed = any(check.each not in {None, MONTH} for check in chosen)
    with changed_rows(connection, TABLES if has_keyed else ()) as changed:
        due = [
            one
            for check in chosen
            if (one := _due(check, contents, changed, _known(check, passed, settings), apart.get(check.name, ())))
        ]
        ran = {result.check.name: result for result in evaluate(connection, settings, [one.bounded for one in due])}
    # A check that left months out has not passed on them.
    complete = [one for one in due if ran[one.check.name].passed and one.check.name not in apart]
    _remember(connection, settings, complete, passed)
    unbroken = pl.DataFrame()
    return [
        replace(ran[check.name], check=check) if check.name in ran else Result(check, 0, unbroken) for check in chosen
    ]


def forget(connection: duckdb.DuckDBPyConnection) -> None:
    """Forget what passed: the next time all checks look at everything."""
    connection.execute("DELETE FROM ops.checked")


def _known(check: Check, passed: Mapping[str, Passed], settings: Settings) -> frozenset[str]:
    """Digests of what the check passed on; none after a week, or after a clock that was set back."""
    past = passed.get(check.name)
    if past is None or past.inputs != _inputs(check, settings):
        return frozenset()
    return past.parts if timedelta(0) <= settings.as_of - past.whole_at < WEEK else frozenset()


def tables_apart(connection: duckdb.DuckDBPyConnection, settings: Settings) -> dict[date, tuple[str, ...]]:
    """Months in which checks cannot compare their tables, with the tables that were computed from less.

    A backfill of one table over the open month leaves the others at the clock of the last night.
    """
    by_month: dict[date, set[str]] = {}
    for months in _apart(connection, settings, checks()).values():
        for month, tables in months.items():
            by_month.setdefault(month, set()).update(tables)
    return {month: tuple(sorted(by_month[month])) for month in sorted(by_month)}


def _apart(
    connection: duckdb.DuckDBPyConnection, settings: Settings, chosen: Sequence[Check]
) -> dict[str, dict[date, tuple[str, ...]]]:
    """By name of a check that compares figure tables month by month: the months it must leave out, and for which."""
    comparing = {
        check.name: {table: BY_TABLE[table].sources for table in check.tables}
        for check in chosen
        if check.each == MONTH and len(check.tables) > 1 and all(table in BY_TABLE for table in check.tables)
    }
    if not comparing:
        return {}
    past = Past.of(connection)
    late = {name: behind(past, reads, zone=settings.timezone) for name, reads in comparing.items()}
    return {name: months for name, months in late.items() if months}


def _due(
    check: Check, contents: Contents, changed: ChangedRows, known: frozenset[str], apart: Collection[date]
) -> Due | None:
    """The check on what it must look at, or None if it passed on all of it.

    known: digests of what it passed on. apart: months in which what it compares cannot be compared.
    """
    parts = dict(_parts(check, contents))
    months = [month for month, digest in parts.items() if digest not in known and month not in apart]
    if not months:
        return None
    if len(months) < len(parts):
        days = ", ".join(f"DATE '{month}'" for month in months)
        return Due(
            check, check.on(lambda table: f"(SELECT * FROM {table} WHERE month IN ({days}))"), parts, is_whole=False
        )
    column = check.each
    if column and column != MONTH and _before(check, contents, changed) in known:
        return Due(check, check.on(lambda table: changed.by_key(table, column)), parts, is_whole=False)
    return Due(check, check, parts, is_whole=True)


def _before(check: Check, contents: Contents, changed: ChangedRows) -> str:
    """Digest of what a check read before the noted changes: what it reads now less those.

    That the check passed on it proves that nothing else changed.
    """
    before = contents.copy()
    for table in check.tables:
        [(rows, hashes)] = contents[table].values()
        more_rows, more_hashes = changed.contents.get(table, (0, 0))
        before[table] = {None: (rows - more_rows, hashes - more_hashes)}
    [(_, digest)] = _parts(check, before)
    return digest


def _inputs(check: Check, settings: Settings) -> str:
    """Digest of what decides a check besides the rows."""
    return _digest((check.statement, settings.timezone, settings.max_rejected, duckdb.__version__))


def _parts(check: Check, contents: Contents) -> Iterator[tuple[date | None, str]]:
    """Digests of what a check reads: by month, or of everything."""
    read = [contents[f"{table} {check.table}" if table == COMPUTED else table] for table in check.tables]
    if check.each == MONTH and not any(None in by_month for by_month in read):
        for month in sorted({month for by_month in read for month in by_month if month}):
            yield month, _digest([by_month.get(month) for by_month in read])
    else:
        yield None, _digest([tuple(map(sum, zip(*by_month.values(), strict=True))) for by_month in read])


def _digest(value: object) -> str:
    return blake2b(repr(value).encode(), digest_size=8).hexdigest()


def _contents(connection: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> Contents:
    """The contents of tables. At 0.93 M orders all of them take 0.3 s of processor, the checks over them 3.2 s."""
    counted = "count(*) AS rows, CAST(coalesce(sum(hash({of})), 0) AS VARCHAR) AS hashes"
    selects = []
    for table in tables:
        name = f"'{table} ' || table_name" if table == COMPUTED else f"'{table}'"
        month = MONTH if table == COMPUTED or table in BY_TABLE else "NULL"
        of = counted.format(of=VAULT_COLUMNS.get(table, "t"))
        selects.append(f"SELECT {name} AS name, {month} AS month, {of} FROM {table} AS t GROUP BY ALL")
    found: Contents = {table: {} for table in tables}
    found |= {f"{COMPUTED} {table}": {} for table in BY_TABLE} if COMPUTED in tables else {}
    if selects:
        for name, month, rows, hashes in connection.execute(" UNION ALL ".join(selects)).fetchall():
            found.setdefault(name, {})[month] = (rows, int(hashes))
    return found


def _passed(connection: duckdb.DuckDBPyConnection, chosen: Sequence[Check]) -> dict[str, Passed]:
    """What is remembered of some checks, by name."""
    rows = frame(
        connection.sql(
            "SELECT check_name, inputs, parts, whole_at FROM ops.checked WHERE list_contains($names, check_name)",
            params={"names": [check.name for check in chosen]},
        )
    )
    return {name: Passed(inputs, frozenset(parts), whole_at) for name, inputs, parts, whole_at in rows.rows()}


def _remember(
    connection: duckdb.DuckDBPyConnection, settings: Settings, checked: Sequence[Due], passed: Mapping[str, Passed]
) -> None:
    """Remember the checks that passed on all they read."""
    if not checked:
        return
    rows = pl.DataFrame(
        {
            "check_name": [one.check.name for one in checked],
            "inputs": [_inputs(one.check, settings) for one in checked],
            "parts": [list(one.parts.values()) for one in checked],
            "whole_at": [settings.as_of if one.is_whole else passed[one.check.name].whole_at for one in checked],
        }
    )
    with registered(connection, "checks_that_passed", rows):
        connection.execute(
            "MERGE INTO ops.checked USING checks_that_passed USING (check_name) "
            "WHEN MATCHED THEN UPDATE BY NAME WHEN NOT MATCHED THEN INSERT BY NAME"
        )
