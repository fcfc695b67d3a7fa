"""nps.by_segment: the score per window, stage and segment, against its own past and against the rest.

Here: the rows of one table. Not here: counting (counting/count.py) and formulas (pipelines/statistics).
"""

from __future__ import annotations

import polars as pl

from pipelines.nps.columns import change_columns, enough, every_columns, score_columns, with_errors
from pipelines.nps.counting.count import count
from pipelines.nps.counting.pairs import OWN
from pipelines.periods import GRAINS, Span, windows
from pipelines.settings import Settings
from pipelines.statistics import score
from pipelines.statistics.adjusted_wald import difference_interval
from pipelines.statistics.multiple_testing import benjamini_hochberg, p_value_of_many
from pipelines.statistics.pooling import pooled_scores
from pipelines.statistics.score import COUNTS

# A week holds too few answers to be split.
SEGMENT_GRAINS = tuple(grain for grain in GRAINS if grain != "week")


def with_pairs(segments: pl.LazyFrame, pairs: tuple[str, ...]) -> pl.LazyFrame:
    """Add crossed dimensions such as `country*product_category`, with segments such as `DE*Shoes`.

    Pairs with a dimension that no answer has are skipped.
    """
    present = set(segments.collect_schema().names())
    both = {pair: pair.split("*") for pair in pairs}
    return segments.with_columns(
        pl.concat_str([pl.col(name).cast(pl.String) for name in names], separator="*").alias(pair)
        for pair, names in both.items()
        if present.issuperset(names)
    )


def by_segment(responses: pl.LazyFrame, segments: pl.LazyFrame, *, span: Span, settings: Settings) -> pl.DataFrame:
    """Score, error, change and difference from the rest of every segment, per window owned by the months and stage.

    Args:
        responses: core.responses with all its history up to the clock.
        segments: core.response_segments as one row per answer: response_id, and a column per dimension.
        span: the months to compute, and the clock.
        settings: counting, confidence, min_responses, segment_pairs.

    Returns:
        Columns of nps.by_segment; one row per (grain, period_start, stage, dimension, segment) with an answer, in that
        order. In the rest, a customer's answers in two segments count as two customers'. Tests are adjusted within a
        dimension, window and stage.
    """
    keys = ["grain", "period_start", "stage", "dimension"]
    family = pl.col("family")
    counts = (
        count(
            responses,
            windows(span, grains=SEGMENT_GRAINS),
            clock=span.clock,
            counting=settings.counting,
            segments=with_pairs(segments, settings.segment_pairs),
            every=True,
        )
        .sort(*keys, "segment")
        .with_columns(family=pl.struct(keys).rle_id())
        .with_columns(
            (pl.col(name).sum().over(family) - pl.col(name)).alias(f"rest_{name}") for name in (*COUNTS, *OWN)
        )
    )
    sample, others = score.counts(clustered=True), score.counts("rest_", clustered=True)
    low, high = difference_interval(sample, others, settings.confidence)
    rows = (
        with_errors(counts, "rest_")
        .select(
            "family",
            "month",
            "grain",
            "period_start",
            "period_end",
            "is_complete",
            "stage",
            "dimension",
            "segment",
            *score_columns(settings.confidence, settings.min_responses),
            *change_columns(settings.confidence, settings.min_responses),
            *every_columns(),
            others.responses.alias("rest_responses"),
            pl.when(others.responses > 0).then(score.nps(others)).alias("rest_nps"),
            score.difference(sample, others).alias("difference"),
            low.alias("difference_low"),
            high.alias("difference_high"),
            p_value_of_many(sample, others).alias("adjusted_p_value"),
            pl.len().over(family).cast(pl.Int64).alias("tests"),
            pl.when(others.responses > 0)
            .then(enough(sample, settings.min_responses) & enough(others, settings.min_responses))
            .alias("is_difference_reliable"),
        )
        .with_columns(benjamini_hochberg(pl.col("adjusted_p_value")).over(family))
    )
    differs = pl.col("adjusted_p_value") < 1 - settings.confidence
    pooled = pooled_scores(rows, settings.confidence)
    return (
        rows.with_columns(differs.alias("differs_from_rest"))
        .hstack(pooled.select(pl.all().name.prefix("pooled_")))
        .drop("family")
    )
