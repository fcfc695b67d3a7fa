"""nps.by_period: the score per window and stage.

Here: the rows of one table. Not here: counting (counting.py) and formulas (score.py).
"""

from __future__ import annotations

import polars as pl

from pipelines.nps.counting import count
from pipelines.nps.score import change_columns, score_columns
from pipelines.periods import Span, windows
from pipelines.settings import Settings


def by_period(responses: pl.LazyFrame, *, span: Span, settings: Settings) -> pl.DataFrame:
    """Score, error and change of every window that the span's months own, per stage.

    Args:
        responses: core.responses with all its history up to the clock.
        span: the months to compute, and the clock.
        settings: counting, confidence, min_responses.

    Returns:
        Columns of nps.by_period; one row per (grain, period_start, stage) with an answer, in that order.
    """
    counts = count(responses, windows(span), clock=span.clock, counting=settings.counting)
    return counts.select(
        "month",
        "grain",
        "period_start",
        "period_end",
        "is_complete",
        "stage",
        *score_columns(settings.confidence, settings.min_responses),
        *change_columns(settings.confidence),
    ).sort("grain", "period_start", "stage")
