"""nps.by_period: the score per window and stage.

Here: the rows of one table. Not here: the automatic window (automatic_window.py), counting (counting/count.py), weights
(weighting.py) and formulas (pipelines/statistics).
"""

from __future__ import annotations

import polars as pl

from pipelines.nps import automatic_window
from pipelines.nps.columns import change_columns, every_columns, score_columns, with_errors
from pipelines.nps.counting.count import count
from pipelines.nps.weighting import with_weights
from pipelines.periods import Span, windows
from pipelines.settings import Settings
from pipelines.speed import at_once, by_number


def by_period(
    responses: pl.LazyFrame,
    segments: pl.LazyFrame,
    orders: pl.LazyFrame,
    order_segments: pl.LazyFrame,
    *,
    span: Span,
    settings: Settings,
) -> pl.DataFrame:
    """Rows of nps.by_period.

    Args:
        responses: core.responses with all its history up to the clock.
        segments: one row per answer: response_id, account_type and order_value_band.
        orders: core.orders.
        order_segments: core.order_segments.
        span: the months to compute, and the clock.
        settings: counting, confidence, min_responses, target_margin, order_value_bands.

    Returns:
        Columns of nps.by_period; one row per (grain, period_start, stage) with an answer, in that order.
    """
    rows = scores(responses, span=span, settings=settings)
    return with_weights(rows, responses, segments, orders, order_segments, span=span, settings=settings)


def scores(responses: pl.LazyFrame, *, span: Span, settings: Settings) -> pl.DataFrame:
    """Score, error and change of every window that the span's months own, per stage, without weights.

    Args:
        responses: core.responses with all its history up to the clock.
        span: the months to compute, and the clock.
        settings: counting, confidence, min_responses, target_margin.

    Returns:
        Columns month to every_nps of nps.by_period; rows as by_period.
    """
    # Counted apart: the edges of weeks and of automatic windows would cut the days of all others finer than needed.
    calendar, weeks = windows(span), pl.col("grain") == "week"
    kinds = [calendar.filter(weeks), calendar.filter(~weeks), automatic_window.candidates(span)]
    [numbered] = pl.collect_all(by_number(responses))
    counts = at_once(
        lambda kind: count(numbered.lazy(), kind, clock=span.clock, counting=settings.counting, every=True),
        [(kind,) for kind in kinds],
        rows=numbered.height,
    )
    rows = with_errors(pl.concat(counts)).select(
        "month",
        "grain",
        "period_start",
        "period_end",
        "is_complete",
        "stage",
        *score_columns(settings.confidence, settings.min_responses),
        *change_columns(settings.confidence, settings.min_responses),
        *every_columns(),
    )
    is_candidate = automatic_window.is_candidate()
    automatic = automatic_window.chosen(rows.filter(is_candidate), settings.target_margin)
    return pl.concat([rows.filter(~is_candidate), automatic]).sort("grain", "period_start", "stage")
