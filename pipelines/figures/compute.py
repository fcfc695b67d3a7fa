"""Computing months of a figure table from core, and the months that are stale.

Here: reading what a figure declares, running it, replacing its rows. Not here: the declarations (__init__.py), the
arithmetic (pipelines/nps, pipelines/value), what makes a month stale (pipelines/warehouse/stale.py).
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl

from pipelines.figures import FIGURES
from pipelines.figures.figure import Figure
from pipelines.periods import Clock, Span, Window, next_month
from pipelines.settings import Settings
from pipelines.value.reduction import Reduction, reduced
from pipelines.value.sources import facts_of
from pipelines.warehouse.happened import Happened
from pipelines.warehouse.read import NUMBERS, Readings, read
from pipelines.warehouse.stale import Past, data_months, forget_computed, record_computed, stale_months
from pipelines.warehouse.tables import empty
from pipelines.warehouse.write import replace_months, transaction

# The key of the months with data among the readings of a run.
DATA_MONTHS = ("months with data",)
# With the name of a table: the months reduced for it in a run, and what their ends say.
REDUCED = "reduced"


@dataclass(frozen=True)
class Computed:
    """What computing months of a table wrote: rows in all and by month, and how many seconds it took."""

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
    together: Collection[str] = (),
) -> Computed:
    """Compute and replace the rows of `months`; delete the rows of months that have no data at this clock.

    readings: cache of what other figures of the run have read; without it everything is read anew.
    together: the tables that the run computes with these readings; those of value are reduced in one walk.
    """
    started = time.perf_counter()
    clock = Clock(settings.as_of, settings.timezone)
    readings = {} if readings is None else readings
    with_data = _months_with_data(connection, figure, settings, readings)
    wanted = _overlap(months, with_data)
    if wanted is None or (figure.needs and not getattr(settings, figure.needs)):
        rows = empty(figure.table)
    else:
        _bring_up(connection, figure, wanted, settings, run_id=run_id, readings=readings, together=together)
        rows = figure.in_order(_rows(connection, figure, Span(wanted, clock), settings, readings, together=together))
    per_month: dict[date, int] = dict(rows["month"].value_counts().rows())
    with transaction(connection):
        # Other months go too: the first order may be gone, or the clock set back.
        replace_months(connection, figure.table, rows, months, keep=with_data)
        seconds = time.perf_counter() - started
        if wanted is None:
            forget_computed(connection, figure.table, months, with_data)
        else:
            record_computed(
                connection,
                figure.table,
                wanted,
                per_month,
                clock=clock,
                fingerprint=figure.fingerprint(settings),
                seconds=seconds,
                run_id=run_id,
                keep=with_data,
            )
    return Computed(figure.table, months, rows.height, per_month, seconds)


def _bring_up(
    connection: duckdb.DuckDBPyConnection,
    figure: Figure,
    months: Window,
    settings: Settings,
    *,
    run_id: str,
    readings: Readings,
    together: Collection[str],
) -> None:
    """Compute the months that a figure takes of others and that are missing or out of date: its rows follow from core.

    In a night there are none, since the others are computed before it. A reduction asks for none: fits that are not
    stored are made in its walk.
    """
    if not figure.figures or isinstance(figure.compute, Reduction):
        return
    clock, past = Clock(settings.as_of, settings.timezone), Past.of(connection)
    first = months.start.year * 12 + months.start.month - 1 - figure.earlier
    taken = Window(date(first // 12, first % 12 + 1, 1), months.end)
    for other in figure.figures:
        kept = _months_with_data(connection, other, settings, readings)
        wanted = kept and _overlap(taken, kept)
        if wanted:
            fingerprint = other.fingerprint(settings)
            due = stale_months(
                past, other.table, other.sources, wanted, fingerprint=fingerprint, clock=clock, moves=False
            )
            if due:
                span = Window(due[0], next_month(due[-1]))
                compute(connection, other, span, settings, run_id=run_id, readings=readings, together=together)


def _rows(
    connection: duckdb.DuckDBPyConnection,
    figure: Figure,
    span: Span,
    settings: Settings,
    readings: Readings,
    *,
    together: Collection[str],
) -> pl.DataFrame:
    """The rows of the figure, unordered."""
    if not isinstance(figure.compute, Reduction):
        frames = _frames(connection, figure, span.months, span.clock, readings)
        return figure.compute(*frames, span=span, settings=settings)
    key = (REDUCED, figure.table)
    walked: Window | None = readings[key][0] if key in readings else None
    if walked is None or _overlap(span.months, walked) != span.months:
        _reduce(connection, {figure.table, *together}, span, settings, readings)
        walked = span.months
    months: list[pl.DataFrame] = readings[key][1]
    if walked != span.months:
        inside = pl.col("month").is_between(span.months.start, span.months.end, closed="left")
        months = [month for frame in months if (month := frame.filter(inside)).height]
    return figure.compute.finish(months, settings)


def _reduce(
    connection: duckdb.DuckDBPyConnection, tables: Collection[str], span: Span, settings: Settings, readings: Readings
) -> None:
    """Keep among the readings what the ends of a span's months say for each of the tables, in one walk."""
    # What figures of nps have read serves none of value, and is large.
    for key in [key for key in readings if key not in (NUMBERS, DATA_MONTHS) and key[0] != REDUCED]:
        del readings[key]
    with _reading(connection, readings):
        happened = Happened(connection, span.months.end, span.clock, readings)
        facts = facts_of(happened, clock=span.clock, margins=settings.margins)
    reductions = {
        figure.table: figure.compute
        for figure in FIGURES
        if figure.table in tables and isinstance(figure.compute, Reduction)
    }
    months = reduced(list(reductions.values()), facts, span, settings)
    readings.update({(REDUCED, table): (span.months, said) for table, said in zip(reductions, months, strict=True)})


def _frames(
    connection: duckdb.DuckDBPyConnection, figure: Figure, months: Window, clock: Clock, readings: Readings
) -> list[pl.LazyFrame]:
    """What the figure reads, in one transaction: rows are identified by their position, which a write would move."""
    with _reading(connection, readings):
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
            for table in figure.tables
        ]


@contextmanager
def _reading(connection: duckdb.DuckDBPyConnection, readings: Readings) -> Iterator[None]:
    """One transaction for all that is read together."""
    try:
        with transaction(connection):
            yield
    except BaseException:
        # Earlier readings may depend on temporary tables that were rolled back.
        readings.clear()
        raise


def stale(connection: duckdb.DuckDBPyConnection, settings: Settings) -> dict[str, list[date]]:
    """The stale months of every figure table, by table; tables without any are left out."""
    clock = Clock(settings.as_of, settings.timezone)
    by_table = {}
    months, past = data_months(connection, settings), Past.of(connection)
    for figure in FIGURES:
        retained = months and figure.kept(months, settings)
        if retained is not None:
            fingerprint = figure.fingerprint(settings)
            outdated = stale_months(past, figure.table, figure.sources, retained, fingerprint=fingerprint, clock=clock)
        else:
            # No data, or the clock was set back to before them: the rows that were computed must be deleted.
            was_computed = figure.table in past.computed
            outdated = [clock.open_month] if was_computed and clock.open_month >= settings.first_month else []
        if outdated:
            by_table[figure.table] = outdated
    return by_table


def stale_range(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Window | None:
    """The contiguous months a night recomputes: from the first stale one to the open one, or None without data."""
    first = min((months[0] for months in stale(connection, settings).values()), default=None)
    return None if first is None else Window(first, next_month(Clock(settings.as_of, settings.timezone).open_month))


def _months_with_data(
    connection: duckdb.DuckDBPyConnection, figure: Figure, settings: Settings, readings: Readings
) -> Window | None:
    """The months that have rows at this clock: those with data, within the retention."""
    if DATA_MONTHS not in readings:
        months = data_months(connection, settings)
        readings[DATA_MONTHS] = pl.DataFrame({"start": [months.start], "end": [months.end]} if months else {})
    rows = readings[DATA_MONTHS].rows()
    return figure.kept(Window(*rows[0]), settings) if rows else None


def _overlap(months: Window, others: Window | None) -> Window | None:
    if others is None or max(months.start, others.start) >= min(months.end, others.end):
        return None
    return Window(max(months.start, others.start), min(months.end, others.end))
