"""nps.by_segment: the score per window, stage and segment, against its own past and against the rest.

Here: the rows of one table. Not here: counting (counting.py) and formulas (score.py).
"""

from __future__ import annotations

import polars as pl

from pipelines.nps import score
from pipelines.nps.counting import COUNTS, count
from pipelines.periods import GRAINS, Span, windows
from pipelines.settings import Settings

# A week holds too few answers to be split.
SEGMENT_GRAINS = tuple(grain for grain in GRAINS if grain != "week")


def by_segment(responses: pl.LazyFrame, segments: pl.LazyFrame, *, span: Span, settings: Settings) -> pl.DataFrame:
    """Score, error, change and difference from the rest of every segment, per window that the months own and stage.

    Args:
        responses: core.responses with all its history up to the clock.
        segments: core.response_segments; each answer has one segment in each dimension.
        span: the months to compute, and the clock.
        settings: counting, confidence, min_responses.

    Returns:
        Columns of nps.by_segment; one row per (grain, period_start, stage, dimension, segment) with an answer, in that
        order. The tests adjusted together are the segments of one dimension, window and stage.
    """
    family = ["grain", "period_start", "stage", "dimension"]
    rest = [(pl.col(name).sum().over(family) - pl.col(name)).alias(f"rest_{name}") for name in COUNTS]
    counts = count(
        responses,
        windows(span, grains=SEGMENT_GRAINS),
        clock=span.clock,
        counting=settings.counting,
        segments=segments,
    ).with_columns(*rest)
    sample, others = score.counts(), score.counts("rest_")
    low, high = score.difference_interval(sample, others, settings.confidence)
    return (
        counts.sort(*family, "segment")
        .select(
            "month",
            "grain",
            "period_start",
            "period_end",
            "is_complete",
            "stage",
            pl.col("dimension", "segment").cast(pl.String),
            *score.score_columns(settings.confidence, settings.min_responses),
            *score.change_columns(settings.confidence),
            others.responses.alias("rest_responses"),
            pl.when(others.responses > 0).then(score.nps(others)).alias("rest_nps"),
            score.difference(sample, others).alias("difference"),
            low.alias("difference_low"),
            high.alias("difference_high"),
            score.p_value(sample, others).alias("adjusted_p_value"),
            pl.len().over(family).cast(pl.Int64).alias("tests"),
        )
        .with_columns(score.benjamini_hochberg(pl.col("adjusted_p_value")).over(family))
        .with_columns(differs_from_rest=pl.col("adjusted_p_value") < 1 - settings.confidence)
    )
