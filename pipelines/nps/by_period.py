"""nps.by_period: the score per window and stage.

Here: the rows of one table, and the choice of the automatic window. Not here: counting (counting/count.py), weights
(weighting.py) and formulas (pipelines/statistics).
"""

from __future__ import annotations

import polars as pl

from pipelines.nps.columns import change_columns, score_columns
from pipelines.nps.counting.count import count
from pipelines.nps.weighting import with_weights
from pipelines.periods import AUTO_GRAINS, Span, auto_windows, windows
from pipelines.settings import Settings
from pipelines.speed import at_once, by_number
from pipelines.statistics.design_effect import design_effects

AUTO = "auto"


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
        Columns month to is_significant of nps.by_period; rows as by_period.
    """
    # Weeks and automatic windows have edges of their own: together the days would be cut far finer than either needs.
    calendar, weeks = windows(span), pl.col("grain") == "week"
    kinds = [calendar.filter(weeks), calendar.filter(~weeks), auto_windows(span)]
    [known] = pl.collect_all(by_number(responses))
    counts = at_once(
        lambda kind: count(known.lazy(), kind, clock=span.clock, counting=settings.counting),
        [(kind,) for kind in kinds],
    )
    rows = (
        pl.concat(counts)
        .with_columns(design_effects("", "previous_"))
        .select(
            "month",
            "grain",
            "period_start",
            "period_end",
            "is_complete",
            "stage",
            *score_columns(settings.confidence, settings.min_responses),
            *change_columns(settings.confidence),
        )
    )
    fixed = rows.filter(~pl.col("grain").is_in(list(AUTO_GRAINS)))
    chosen = _shortest(rows.filter(pl.col("grain").is_in(list(AUTO_GRAINS))), settings.target_margin)
    return pl.concat([fixed, chosen]).sort("grain", "period_start", "stage")


def _shortest(candidates: pl.DataFrame, target: float) -> pl.DataFrame:
    """Of each month's and stage's automatic windows the shortest whose margin is at most `target`, else the longest."""
    start, reached = pl.col("period_start"), pl.col("margin_of_error") <= target
    best = pl.when(reached.any()).then(start.filter(reached).max()).otherwise(start.min())
    chosen = candidates.filter(start == best.over("month", "stage"))
    return chosen.with_columns(grain=pl.lit(AUTO))
