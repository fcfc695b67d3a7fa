"""What `northstar check` finds: files loaded together and conformed, in a vault and a warehouse that are thrown away.

Here: the passing files, and reading what they gave. Not here: any second way of loading or judging (load and conform do
what a night does), the wording (assets/checkup.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl

from pipelines.core.conform import conform
from pipelines.core.currency import NO_CURRENCY, reporting_currency
from pipelines.ops.doubts import Doubted, doubted
from pipelines.raw.load import load
from pipelines.raw.trial import MEANT, Told, passing_home
from pipelines.settings import Settings
from pipelines.statistics import adjusted_wald
from pipelines.statistics.score import Counts, nps
from pipelines.warehouse.connection import WAREHOUSE_SCHEMAS, set_pseudonym, set_session
from pipelines.warehouse.sql_files import statements

MOST_DOUBTS = 20


@dataclass(frozen=True)
class Refusal:
    """Rows of one file refused for one reason, with a value as it may be shown and what is allowed."""

    column: str | None
    reason: str
    rows: int
    value: str | None
    allowed: str | None

    @property
    def is_fault(self) -> bool:
        """Whether a value is at fault, not what the row is: a test or an unfinished survey is refused as it should."""
        return self.reason not in MEANT


@dataclass(frozen=True)
class CheckedFile:
    """What became of one path. readings: how its days and amounts were read that can be read in two ways."""

    path: str
    status: str
    format: str | None
    kind: str | None
    reason: str | None
    rows: int | None
    accepted: int | None
    refused: int | None
    first_day: date | None
    last_day: date | None
    refusals: list[Refusal] = field(default_factory=list)
    readings: list[Told] = field(default_factory=list)

    @property
    def left_out(self) -> int:
        """Refused rows that no other file makes up for."""
        return min(sum(one.rows for one in self.refusals), self.refused or 0)


@dataclass(frozen=True)
class Month:
    """Orders that count, their money and the answers of one month. net, refunded: NULL where money is not counted."""

    month: date
    orders: int
    net: Decimal | None
    refunded: Decimal | None
    answers: int
    nps: float | None


@dataclass(frozen=True)
class Totals:
    """People, orders and answers over all files; the first and last day of an order or an answer."""

    people: int
    buyers: int
    respondents: int
    both: int
    orders: int
    orders_without_person: int
    orders_not_counted: int
    promoters: int
    passives: int
    detractors: int
    anonymous: int
    first_day: date | None
    last_day: date | None

    @property
    def answers(self) -> int:
        """All answers."""
        return self.promoters + self.passives + self.detractors


@dataclass(frozen=True)
class Checkup:
    """What files would load, and every reason to doubt it.

    score, low, high: of all answers, in points. problems: formats that cannot be used, and why money is not counted.
    """

    files: list[CheckedFile]
    totals: Totals
    months: list[Month]
    currency: str | None
    score: float | None
    low: float | None
    high: float | None
    doubts: list[Doubted]
    more_doubts: int
    problems: list[str]

    def reasons(self, max_rejected: float) -> list[str]:
        """Why the files should not be trusted as they are, beside what ops.doubts tells.

        max_rejected: share of a file's rows that may be refused for what they are, such as tests.
        """
        reasons = list(self.problems)
        for file in self.files:
            faults = sum(one.rows for one in file.refusals if one.is_fault)
            if file.status not in {"loaded", "duplicate"}:
                reasons.append(f"{file.path}: {file.status}")
            elif faults:
                reasons.append(f"{file.path}: {faults} row{'s' * (faults != 1)} refused for a value")
            elif file.rows and file.left_out > max_rejected * file.rows:
                reasons.append(f"{file.path}: {file.left_out} of {file.rows} rows refused")
        if not any(file.accepted for file in self.files):
            reasons.append("nothing was loaded")
        return reasons


def checkup(files: Sequence[Path], settings: Settings) -> Checkup:
    """Load the files together and conform them; nothing is kept."""
    with passing_home(files, settings) as alone, _passing_warehouse(alone) as connection:
        report = load(connection, alone)
        conformed = conform(connection, alone)
        currency = reporting_currency(connection, alone)
        totals = Totals(*connection.sql(statements("ops/checkup/totals.sql")).fetchall()[0])
        doubts, more = doubted(connection, MOST_DOUBTS)
        several = len(files) > 1
        return Checkup(
            files=_files(connection, several=several),
            totals=totals,
            months=[Month(*row) for row in connection.sql(statements("ops/checkup/months.sql")).fetchall()],
            currency=None if currency == NO_CURRENCY else currency,
            **_score(totals, settings.confidence),
            doubts=[replace(one, path=one.path and _shown(one.path, several=several)) for one in doubts],
            more_doubts=more,
            problems=[*report.problems, *([conformed.message] if conformed.message else [])],
        )


@contextmanager
def _passing_warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A vault and a warehouse in memory, so that nothing personal is left behind, however the check ends."""
    with duckdb.connect(":memory:") as connection:
        set_session(connection, settings)
        connection.execute("ATTACH ':memory:' AS vault")
        connection.execute("USE vault")
        connection.execute(statements("schema/raw.sql"))
        connection.execute("ATTACH ':memory:' AS warehouse")
        connection.execute("USE warehouse")
        for schema in WAREHOUSE_SCHEMAS:
            connection.execute(statements(f"schema/{schema}.sql"))
        set_pseudonym(connection, b"a key for a passing vault")
        connection.execute(statements("macros/core"))
        yield connection


def _files(connection: duckdb.DuckDBPyConnection, *, several: bool) -> list[CheckedFile]:
    refusals: dict[str, list[Refusal]] = {}
    for file_id, *refusal in connection.sql(statements("ops/checkup/refusals.sql")).fetchall():
        refusals.setdefault(file_id, []).append(Refusal(*refusal))
    told: dict[str, list[Told]] = {}
    for file_id, *one in connection.sql(
        "SELECT file_id, column_name, reading, told_by FROM vault.raw.readings ORDER BY ALL"
    ).fetchall():
        told.setdefault(file_id, []).append(Told(*one))
    files = []
    for path, status, *row, file_id in connection.sql(statements("ops/checkup/files.sql")).fetchall():
        own = refusals.get(file_id, []) if status != "duplicate" else []
        files.append(
            replace(
                CheckedFile(_shown(path, several=several), status, *row), refusals=own, readings=told.get(file_id, [])
            )
        )
    return files


def _shown(path: str, *, several: bool) -> str:
    """A path as the operator knows it: of several files, each was put into a folder of its own."""
    return path.partition("/")[2] if several else path


def _score(totals: Totals, confidence: float) -> dict[str, float | None]:
    """Score of all answers and its interval, in points; None without answers."""
    if not totals.answers:
        return {"score": None, "low": None, "high": None}
    sample = Counts(pl.lit(totals.promoters), pl.lit(totals.passives), pl.lit(totals.detractors))
    low, high = adjusted_wald.interval(sample, confidence)
    return pl.select(score=nps(sample), low=low, high=high).row(0, named=True)
