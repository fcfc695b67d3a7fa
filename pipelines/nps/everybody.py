"""nps.everybody: the score of all buyers of a window, had all answered after the delivery of their last order.

Here: the rows of one table. Not here: what was known at the end of a window (silent/history.py) and what each method
makes of it (silent/methods.py).

Every order is looked at in arrays, and every method works on counts of kinds of customers: 3.3 s of processor for 36
months of a shop of 0.94 million orders without invitations, 0.8 s of a tenth of it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

from pipelines.nps.silent.history import YEAR, History, Sources
from pipelines.nps.silent.methods import SIGNS, FirstOrders, Said, alike, behaviour, late_answers
from pipelines.periods import Span, windows
from pipelines.settings import Settings
from pipelines.speed import at_once, by_number, looked_up
from pipelines.statistics import adjusted_wald
from pipelines.statistics.score import Counts

EVERYBODY_GRAINS = ("quarter", "trailing_365d")
AS_ANSWERED = "Speaks only for the buyers who answered, each by the last answer in the window."
RANGE = "At least one of alike, late_answers and behaviour is right."
NO_MIDDLE = "a range has no middle to quote"
KEYS = ("month", "grain", "period_start", "period_end", "is_complete")
ROW = {
    "buyers": pl.Int64,
    "method": pl.String,
    "answered": pl.Int64,
    "nps": pl.Float64,
    "nps_low": pl.Float64,
    "nps_high": pl.Float64,
    "assumption": pl.String,
    "reason": pl.String,
}


def everybody(
    orders: pl.LazyFrame,
    order_segments: pl.LazyFrame,
    invitations: pl.LazyFrame,
    responses: pl.LazyFrame,
    *,
    span: Span,
    settings: Settings,
) -> pl.DataFrame:
    """Rows of nps.everybody.

    Args:
        orders: core.orders.
        order_segments: core.order_segments.
        invitations: core.invitations.
        responses: core.responses.
        span: the months to compute, and the clock.
        settings: confidence.

    Returns:
        Columns of nps.everybody; one row per window with a buyer and method, in that order.
    """
    orders, invitations, responses = by_number(*map(_keyed, (orders, invitations, responses)))
    [sold, sold_to] = pl.collect_all([orders, order_segments])
    wanted = windows(span, grains=EVERYBODY_GRAINS).select(KEYS).with_row_index("window")
    ends = wanted["period_end"].unique().sort().to_list()
    if not ends:
        return _table([], wanted)
    described = looked_up(sold, sold_to, "order_id").lazy()
    sources = Sources.of(described, responses, invitations, clock=span.clock, first=ends[0])
    edges = [(sources, end, wanted.filter(pl.col("period_end") == end), settings.confidence) for end in ends]
    rows = at_once(_rows, edges, rows=sources.orders.rows.height)
    return _table([row for some in rows for row in some], wanted)


def _table(rows: list[tuple[Any, ...]], wanted: pl.DataFrame) -> pl.DataFrame:
    return (
        pl.DataFrame(rows, schema={"window": pl.UInt32, **ROW}, orient="row")
        .join(wanted, on="window")
        .with_columns(width=pl.col("nps_high") - pl.col("nps_low"))
        .select(*KEYS, "method", "buyers", "answered", "nps", "nps_low", "nps_high", "width", "assumption", "reason")
        .sort("grain", "period_start", "method")
    )


def _keyed(table: pl.LazyFrame) -> pl.LazyFrame:
    """With the column by which orders and answers find each other, where the table names orders."""
    columns = table.collect_schema().names()
    return table.with_columns(order_key="order_id") if "order_id" in columns and "order_key" not in columns else table


def _rows(sources: Sources, end: date, ending: pl.DataFrame, confidence: float) -> list[tuple[Any, ...]]:
    """The rows of the windows that end on a day."""
    history = History.at(sources, end)
    since = end - timedelta(days=YEAR)
    year = FirstOrders.of(history, history.buyers(since))
    rows: list[tuple[Any, ...]] = []
    for window, start in ending.select("window", "period_start").rows():
        buyers = history.buyers(start)
        if not len(buyers.customer):
            continue
        is_year = start == since
        first = year if is_year else FirstOrders.of(history, buyers)
        heard = sources.score[buyers.heard[buyers.heard >= 0]]
        said = {
            "as_answered": as_answered(SIGNS[heard].astype(int).tolist(), confidence),
            "alike": alike(history, buyers, confidence),
            "late_answers": late_answers(history, first, confidence),
            "behaviour": behaviour(history, first, None if is_year else year, confidence),
        }
        said["range"] = range_of([said[name] for name in ("alike", "late_answers", "behaviour")], len(heard))
        rows += [(window, len(buyers.customer), method, *_cells(each)) for method, each in said.items()]
    return rows


def _cells(said: Said) -> tuple[object, ...]:
    return said.answered, said.nps, said.low, said.high, said.assumption, said.reason


def as_answered(signs: list[int], confidence: float) -> Said:
    """The score of the buyers who answered, with the interval of every score."""
    if not signs:
        return Said(0, AS_ANSWERED, reason="no buyer answered")
    counts = Counts(*(pl.lit(float(signs.count(sign))) for sign in (1, 0, -1)))
    low, high = adjusted_wald.interval(counts, confidence)
    [ends] = pl.select(low.alias("low"), high.alias("high")).rows()
    return Said(len(signs), AS_ANSWERED, 100 * sum(signs) / len(signs), *ends)


def range_of(methods: list[Said], answered: int) -> Said:
    """From the lowest to the highest end of the methods that say something of all buyers."""
    ends = [(said.low, said.high) for said in methods if said.low is not None and said.high is not None]
    if not ends:
        return Said(answered, RANGE, reason="no method has enough answers")
    return Said(answered, RANGE, None, min(low for low, _ in ends), max(high for _, high in ends), NO_MIDDLE)
