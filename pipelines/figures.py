"""Every figure table, declared once: what it reads, what computes it, which settings it depends on.

Here: the list, and computing months of a table from core into the warehouse. Not here: the arithmetic (pipelines/nps,
pipelines/value) and Dagster (assets/ makes one asset of every entry). A new figure table is one entry, one function
and its DDL in sql/schema.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import duckdb
import polars as pl

from pipelines.nps.alarm import alarm
from pipelines.nps.by_period import by_period
from pipelines.nps.by_segment import by_segment
from pipelines.nps.change_parts import change_parts
from pipelines.nps.coverage import coverage
from pipelines.nps.delivery_gap import delivery_gap
from pipelines.nps.drivers import drivers
from pipelines.nps.expected_answers import expected_answers
from pipelines.nps.migration import migration
from pipelines.nps.migration_change import migration_change
from pipelines.periods import Clock, Span, Window, next_month
from pipelines.settings import Settings
from pipelines.value.after_answer import after_answer
from pipelines.value.at_risk import at_risk
from pipelines.value.biggest_customers import biggest_customers
from pipelines.value.by_category import by_category
from pipelines.value.customers import customers
from pipelines.value.growth import growth
from pipelines.value.model_backtest import model_backtest
from pipelines.value.models import models
from pipelines.value.promoter_value import promoter_value
from pipelines.value.repurchase import repurchase
from pipelines.value.retention import retention
from pipelines.value.revenue import revenue
from pipelines.value.word_of_mouth import word_of_mouth
from pipelines.warehouse.connection import SQL
from pipelines.warehouse.frames import frame
from pipelines.warehouse.quoting import quoted
from pipelines.warehouse.read import Readings, read
from pipelines.warehouse.stale import Past, data_months, record_computed, stale_months
from pipelines.warehouse.write import replace_months, transaction

# Figures of value are made with formulas of nps.
CODE_OF = {"nps": ("nps",), "value": ("nps", "value")}
# A year, the year before it to compare with, and the days by which leap years and weeks reach further.
TWO_YEARS = timedelta(days=2 * 366 + 7)


@dataclass(frozen=True)
class Figure:
    """A table of figures.

    table: schema and name. reads: core tables, in the order `compute` takes them as lazy frames. settings: names of
    the settings the rows depend on. lookback: how far before its month a row looks, None for all history.
    newest_only: only the newest NORTHSTAR_CUSTOMER_MONTHS months are kept. beside: figure tables that the
    table's checks compare it with, which are therefore computed first. only: by core table, what of it is read, as
    SQL expressions and a further condition; without an entry all of it is. numbered: those of `reads` of which nothing
    but counts is shown, so that they are read in numbered form (warehouse/read.py).
    reads_itself: `compute` takes the table's own rows too, after `reads`.
    """

    table: str
    compute: Callable[..., pl.DataFrame]
    reads: tuple[str, ...]
    settings: tuple[str, ...]
    lookback: timedelta | None = None
    newest_only: bool = False
    numbered: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    only: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    reads_itself: bool = False

    @property
    def schema(self) -> str:
        """Schema of the table."""
        return self.table.split(".")[0]

    def fingerprint(self, settings: Settings) -> str:
        """Of the settings and the code that make the rows."""
        known = [(name, getattr(settings, name)) for name in self.settings]
        told = repr([known, self.reads, self.lookback, sorted(self.only.items())])
        return hashlib.sha256(code_of(self.schema) + told.encode()).hexdigest()[:16]

    def kept(self, months: Window, settings: Settings) -> Window | None:
        """The part of `months` whose rows are kept at this clock, or None."""
        open_month = Clock(settings.as_of, settings.timezone).open_month
        start, end = max(months.start, settings.first_month), min(months.end, next_month(open_month))
        if self.newest_only and settings.customer_months:
            # Months since year 0; a number of months that reaches before year 1 keeps all.
            number = max(12, open_month.year * 12 + open_month.month - settings.customer_months)
            start = max(start, date(number // 12, number % 12 + 1, 1))
        return Window(start, end) if start < end else None


@cache
def code_of(schema: str) -> bytes:
    """Digest of the code that makes a schema's tables; it stays as it was while the program runs."""
    folder = Path(__file__).parent
    files = [folder / name for name in ("periods.py", "core/topics.py", "warehouse/read.py")]
    files += [file for part in CODE_OF[schema] for file in sorted(folder.glob(f"{part}/*.py"))]
    digest = hashlib.sha256()
    for file in [*files, SQL / "schema" / f"{schema}.sql"]:
        digest.update(file.read_bytes())
    return digest.digest()


SCORE_SETTINGS = ("timezone", "counting", "confidence", "min_responses")
# The columns that comments take: text is most of what reading costs.
COMMENT_COLUMNS = "response_id, language, comment, stage, customer_id, response_date, next_response_at, category"
ANSWERED = ("core.responses", "core.response_segments")
SOLD = ("core.orders", "core.order_segments")
VALUE_SETTINGS = ("timezone", "horizon_months", "discount_rate", "margins")
VALUED = ("core.orders", "core.responses", "value.models")
BOUGHT_AND_SENT = ("core.orders", "core.responses", "core.referrals")
FIGURES = (
    Figure(
        "nps.by_period",
        by_period,
        ("core.responses", "core.response_segments", "core.orders", "core.order_segments"),
        (*SCORE_SETTINGS, "target_margin", "order_value_bands"),
        TWO_YEARS,
        numbered=(*ANSWERED, *SOLD),
    ),
    Figure(
        "nps.by_segment",
        by_segment,
        ("core.responses", "core.response_segments"),
        (*SCORE_SETTINGS, "segment_pairs"),
        TWO_YEARS,
        numbered=ANSWERED,
        beside=("nps.by_period",),
    ),
    Figure(
        "nps.change_parts",
        change_parts,
        ("core.responses", "core.response_segments"),
        ("timezone", "counting", "segment_pairs"),
        TWO_YEARS,
        numbered=ANSWERED,
        beside=("nps.by_period",),
    ),
    Figure(
        "nps.coverage",
        coverage,
        ("core.orders", "core.order_segments", "core.customers", "core.invitations", "core.responses"),
        ("timezone", "confidence", "attributes", "silent_points"),
        TWO_YEARS,
        numbered=(*SOLD, "core.customers", "core.invitations", "core.responses"),
    ),
    Figure(
        "nps.delivery_gap",
        delivery_gap,
        ("core.responses", "core.response_segments"),
        SCORE_SETTINGS[:-1],
        TWO_YEARS,
        beside=("nps.by_period",),
        numbered=ANSWERED,
    ),
    Figure(
        "nps.migration",
        migration,
        ("core.responses",),
        ("timezone", "confidence"),
        numbered=("core.responses",),
    ),
    Figure(
        "nps.migration_change",
        migration_change,
        ("core.responses",),
        ("timezone", "confidence"),
        beside=("nps.migration",),
        numbered=("core.responses",),
    ),
    Figure(
        "nps.drivers",
        drivers,
        ("core.responses", "core.response_topics"),
        (*SCORE_SETTINGS, "publish_comments"),
        TWO_YEARS,
        only={
            "core.responses": (
                COMMENT_COLUMNS,
                "core.responses.response_id IN (SELECT response_id FROM core.response_topics)",
            )
        },
    ),
    Figure(
        "nps.alarm",
        alarm,
        ("core.responses",),
        ("timezone",),
        TWO_YEARS,
        numbered=("core.responses",),
    ),
    Figure(
        "nps.expected_answers",
        expected_answers,
        ("core.responses", "core.invitations"),
        ("timezone",),
        TWO_YEARS,
        only={
            "core.responses": ("response_id, invited_at, response_date", "true"),
            "core.invitations": ("response_id, invited_at", "response_id IS NOT NULL"),
        },
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
        BOUGHT_AND_SENT,
        ("timezone", "confidence", "margins"),
        beside=("value.by_category",),
    ),
    Figure("value.at_risk", at_risk, VALUED, VALUE_SETTINGS, beside=("value.by_category",)),
    Figure("value.retention", retention, ("core.orders",), ("timezone", "discount_rate", "margins")),
    Figure("value.after_answer", after_answer, BOUGHT_AND_SENT, ("timezone", "confidence")),
    Figure("value.repurchase", repurchase, ("core.orders", "core.responses"), ("timezone", "confidence")),
    Figure("value.revenue", revenue, BOUGHT_AND_SENT, ("timezone", "confidence")),
    Figure("value.biggest_customers", biggest_customers, BOUGHT_AND_SENT, ("timezone", "confidence")),
    Figure("value.growth", growth, ("core.orders", "core.responses"), ("timezone", "confidence", "counting")),
    Figure(
        "value.word_of_mouth",
        word_of_mouth,
        ("core.orders", "core.responses"),
        ("timezone", "margins", "recommended_share", "recommendations", "warnings", "warning_weight"),
    ),
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
    connection: duckdb.DuckDBPyConnection,
    figure: Figure,
    months: Window,
    settings: Settings,
    *,
    run_id: str,
    readings: Readings | None = None,
) -> Computed:
    """Compute and replace the rows of `months`, and forget those of months that have none at this clock.

    readings: what figures of the same run have read, for those after them; without it all is read anew.
    """
    started = time.perf_counter()
    clock = Clock(settings.as_of, settings.timezone)
    readings = {} if readings is None else readings
    everything = _kept_data(connection, figure, settings)
    known = _overlap(months, everything)
    if known is None:
        rows = frame(connection.sql(f"SELECT * FROM {quoted(figure.table)} LIMIT 0"))
    else:
        frames = _frames(connection, figure, known, clock, readings)
        rows = figure.compute(*frames, span=Span(known, clock), settings=settings)
    per_month: dict[date, int] = dict(rows["month"].value_counts().rows())
    with transaction(connection):
        replace_months(connection, figure.table, rows, months)
        _forget(connection, figure, everything)
        seconds = time.perf_counter() - started
        if known is not None:
            record_computed(
                connection,
                figure.table,
                known,
                per_month,
                clock=clock,
                fingerprint=figure.fingerprint(settings),
                seconds=seconds,
                run_id=run_id,
            )
    return Computed(figure.table, months, rows.height, per_month, seconds)


def _frames(
    connection: duckdb.DuckDBPyConnection, figure: Figure, months: Window, clock: Clock, readings: Readings
) -> list[pl.LazyFrame]:
    """What the figure reads, in one transaction: rows are told by where they lie, and writes move them."""
    reads = (*figure.reads, figure.table) if figure.reads_itself else figure.reads
    try:
        with transaction(connection):
            return [
                read(
                    connection,
                    table,
                    months,
                    clock,
                    figure.lookback,
                    only=figure.only.get(table),
                    numbered=table in figure.numbered,
                    readings=readings,
                )
                for table in reads
            ]
    except BaseException:
        # It may lean on temporary tables that are gone again.
        readings.clear()
        raise


def stale(connection: duckdb.DuckDBPyConnection, settings: Settings) -> dict[str, list[date]]:
    """The stale months of every figure table, by table; tables without any are left out."""
    clock = Clock(settings.as_of, settings.timezone)
    found = {}
    months, past = data_months(connection, settings), Past.of(connection)
    for figure in FIGURES:
        kept = months and figure.kept(months, settings)
        if kept is not None:
            late = stale_months(
                past,
                figure.table,
                figure.reads,
                kept,
                fingerprint=figure.fingerprint(settings),
                clock=clock,
            )
        else:
            # All data are gone, or the clock went back to before them: what was computed is to be forgotten.
            known = past.computed.get(figure.table)
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
