"""Every figure table, declared once: what it reads, what computes it, which settings it depends on.

Here: the list, and computing months of a table from core into the warehouse. Not here: the arithmetic (pipelines/nps,
pipelines/value) and Dagster (assets/ makes one asset of every entry). A new figure table is one entry, one function
and its DDL in sql/schema.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import polars as pl

from pipelines.nps.by_period import by_period
from pipelines.nps.by_segment import by_segment
from pipelines.periods import Clock, Span, Window, next_month
from pipelines.settings import Settings
from pipelines.value.at_risk import at_risk
from pipelines.value.by_category import by_category
from pipelines.value.customers import customers
from pipelines.value.model_backtest import model_backtest
from pipelines.value.models import models
from pipelines.value.promoter_value import promoter_value
from pipelines.value.retention import retention
from pipelines.warehouse.connection import SQL, quoted
from pipelines.warehouse.frames import frame
from pipelines.warehouse.stale import data_months, record_computed, stale_months
from pipelines.warehouse.write import replace_months, transaction

# Rows that had happened by the clock and by the end of the span; whatever lies later must not reach a figure.
HAPPENED = {
    "core.responses": "responded_at <= $as_of AND response_date < $until AND response_date >= $since",
    "core.response_segments": "response_id IN (SELECT response_id FROM core.responses WHERE "
    "responded_at <= $as_of AND response_date < $until AND response_date >= $since)",
    "core.orders": "ordered_at <= $as_of AND order_date < $until AND order_date >= $since",
    "core.referrals": "referred_at <= $as_of",
    # Fits to reuse; who reads them makes sure that they are of the same histories.
    "value.models": "month < $until",
}
# A year, the year before it to compare with, and the days by which leap years and weeks reach further.
TWO_YEARS = timedelta(days=2 * 366 + 7)


@dataclass(frozen=True)
class Figure:
    """A table of figures.

    table: schema and name. reads: core tables, in the order `compute` takes them as lazy frames. settings: names of
    the settings the rows depend on. lookback: how far before its month a row looks, None for all history.
    newest_only: only the newest NORTHSTAR_CUSTOMER_MONTHS months are kept. beside: figure tables that the
    table's checks compare it with, which are therefore computed first. reads_itself: `compute` takes the table's own
    rows too, after `reads`.
    """

    table: str
    compute: Callable[..., pl.DataFrame]
    reads: tuple[str, ...]
    settings: tuple[str, ...]
    lookback: timedelta | None = None
    newest_only: bool = False
    beside: tuple[str, ...] = ()
    reads_itself: bool = False

    @property
    def schema(self) -> str:
        """Schema of the table."""
        return self.table.split(".")[0]

    def fingerprint(self, settings: Settings) -> str:
        """Of the settings and the code that make the rows."""
        files = sorted([*(Path(__file__).parent / self.schema).glob("*.py"), Path(__file__).with_name("periods.py")])
        digest = hashlib.sha256()
        for file in [*files, SQL / "schema" / f"{self.schema}.sql"]:
            digest.update(file.read_bytes())
        known = [(name, getattr(settings, name)) for name in self.settings]
        seen = [(table, HAPPENED[table]) for table in self.reads]
        digest.update(repr([known, seen, self.lookback]).encode())
        return digest.hexdigest()[:16]

    def kept(self, months: Window, settings: Settings) -> Window | None:
        """The part of `months` whose rows are kept at this clock, or None."""
        open_month = Clock(settings.as_of, settings.timezone).open_month
        start, end = max(months.start, settings.first_month), min(months.end, next_month(open_month))
        if self.newest_only and settings.customer_months:
            # Months since year 0; a number of months that reaches before year 1 keeps all.
            number = max(12, open_month.year * 12 + open_month.month - settings.customer_months)
            start = max(start, date(number // 12, number % 12 + 1, 1))
        return Window(start, end) if start < end else None


SCORE_SETTINGS = ("timezone", "counting", "confidence", "min_responses")
VALUE_SETTINGS = ("timezone", "horizon_months", "discount_rate", "margins")
VALUED = ("core.orders", "core.responses", "value.models")
FIGURES = (
    Figure("nps.by_period", by_period, ("core.responses",), SCORE_SETTINGS, TWO_YEARS),
    Figure(
        "nps.by_segment",
        by_segment,
        ("core.responses", "core.response_segments"),
        SCORE_SETTINGS,
        TWO_YEARS,
        beside=("nps.by_period",),
    ),
    Figure("value.models", models, ("core.orders",), ("timezone", "margins"), reads_itself=True),
    Figure("value.model_backtest", model_backtest, ("core.orders", "value.models"), ("timezone", "margins")),
    Figure("value.by_category", by_category, VALUED, ("confidence", *VALUE_SETTINGS)),
    Figure(
        "value.customers",
        customers,
        VALUED,
        ("customer_months", *VALUE_SETTINGS),
        newest_only=True,
        beside=("value.by_category",),
    ),
    Figure(
        "value.promoter_value",
        promoter_value,
        ("core.orders", "core.responses", "core.referrals"),
        ("timezone", "confidence", "margins"),
        beside=("value.by_category",),
    ),
    Figure("value.at_risk", at_risk, VALUED, VALUE_SETTINGS, beside=("value.by_category",)),
    Figure("value.retention", retention, ("core.orders",), ("timezone", "discount_rate", "margins")),
)
BY_TABLE = {figure.table: figure for figure in FIGURES}


@dataclass(frozen=True)
class Computed:
    """What computing months of a table did: rows written, in all and by month, and seconds."""

    table: str
    months: Window
    rows: int
    per_month: dict[date, int]
    seconds: float


def compute(
    connection: duckdb.DuckDBPyConnection, figure: Figure, months: Window, settings: Settings, *, run_id: str
) -> Computed:
    """Compute and replace the rows of `months`, and forget those of months that have none at this clock."""
    started = time.perf_counter()
    clock = Clock(settings.as_of, settings.timezone)
    everything = _kept_data(connection, figure, settings)
    kept = _overlap(months, everything)
    if kept is None:
        rows = frame(connection.sql(f"SELECT * FROM {quoted(figure.table)} LIMIT 0"))
    else:
        reads = (*figure.reads, figure.table) if figure.reads_itself else figure.reads
        frames = [read(connection, table, kept, clock, figure.lookback) for table in reads]
        rows = figure.compute(*frames, span=Span(kept, clock), settings=settings)
    per_month: dict[date, int] = dict(rows["month"].value_counts().rows())
    with transaction(connection):
        replace_months(connection, figure.table, rows, months)
        _forget(connection, figure, everything)
        seconds = time.perf_counter() - started
        if kept is not None:
            record_computed(
                connection,
                figure.table,
                kept,
                per_month,
                clock=clock,
                fingerprint=figure.fingerprint(settings),
                seconds=seconds,
                run_id=run_id,
            )
    return Computed(figure.table, months, rows.height, per_month, seconds)


def read(
    connection: duckdb.DuckDBPyConnection, table: str, months: Window, clock: Clock, lookback: timedelta | None
) -> pl.LazyFrame:
    """The rows of a core table that had happened by the end of `months` and by the clock, as a lazy frame."""
    since = months.start - lookback if lookback else date.min
    condition = HAPPENED[table]
    bounds = {"as_of": clock.as_of, "until": months.end, "since": since}
    used = {name: value for name, value in bounds.items() if f"${name}" in condition}
    return frame(connection.sql(f"SELECT * FROM {quoted(table)} WHERE {condition}", params=used)).lazy()


def stale(connection: duckdb.DuckDBPyConnection, settings: Settings) -> dict[str, list[date]]:
    """The stale months of every figure table, by table; tables without any are left out."""
    clock = Clock(settings.as_of, settings.timezone)
    found = {}
    for figure in FIGURES:
        kept = _kept_data(connection, figure, settings)
        if kept is not None:
            late = stale_months(
                connection,
                figure.table,
                figure.reads,
                kept,
                fingerprint=figure.fingerprint(settings),
                clock=clock,
            )
        else:
            # All data are gone, or the clock went back to before them: what was computed is to be forgotten.
            known = connection.sql(
                "SELECT 1 FROM ops.computed WHERE table_name = $table LIMIT 1", params={"table": figure.table}
            ).fetchall()
            late = [clock.open_month] if known and clock.open_month >= settings.first_month else []
        if late:
            found[figure.table] = late
    return found


def stale_range(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Window | None:
    """The contiguous months a night recomputes: from the first stale one to the open one, or None without data."""
    first = min((months[0] for months in stale(connection, settings).values()), default=None)
    return None if first is None else Window(first, next_month(Clock(settings.as_of, settings.timezone).open_month))


def _kept_data(connection: duckdb.DuckDBPyConnection, figure: Figure, settings: Settings) -> Window | None:
    """The months that have rows at this clock: with data, and within the retention."""
    months = data_months(connection, settings)
    return None if months is None else figure.kept(months, settings)


def _overlap(months: Window, kept: Window | None) -> Window | None:
    if kept is None or max(months.start, kept.start) >= min(months.end, kept.end):
        return None
    return Window(max(months.start, kept.start), min(months.end, kept.end))


def _forget(connection: duckdb.DuckDBPyConnection, figure: Figure, kept: Window | None) -> None:
    """Delete the rows of all other months: the first order may have gone, or the clock back."""
    for table, mine in ((figure.table, "true"), ("ops.computed", "table_name = $table")):
        condition = f"{mine} AND NOT coalesce(month >= $start AND month < $end, false)"
        bounds = {"start": kept.start if kept else None, "end": kept.end if kept else None, "table": figure.table}
        used = {name: value for name, value in bounds.items() if f"${name}" in condition}
        connection.execute(f"DELETE FROM {quoted(table)} WHERE {condition}", used)
