"""nps.change_parts: a change of the score split into who answered and how they answered.

Here: the rows of one table. Not here: counting (counting/count.py), the formula (statistics/kitagawa.py), and the
change itself (by_period.py).
"""

from __future__ import annotations

import polars as pl

from pipelines.nps.by_segment import SEGMENT_GRAINS, with_pairs
from pipelines.nps.counting.count import count_both
from pipelines.periods import Span, windows
from pipelines.settings import Settings
from pipelines.statistics.kitagawa import effects
from pipelines.statistics.score import COUNTS, Counts
from pipelines.statistics.score import counts as counts_of


def change_parts(responses: pl.LazyFrame, segments: pl.LazyFrame, *, span: Span, settings: Settings) -> pl.DataFrame:
    """Mix and score effect of every segment on the change of every window owned by the months, all stages together.

    Args:
        responses: core.responses with all its history up to the clock.
        segments: core.response_segments as one row per answer: response_id, and a column per dimension.
        span: the months to compute, and the clock.
        settings: counting, segment_pairs.

    Returns:
        Columns of nps.change_parts; one row per (grain, period_start, dimension, segment) with an answer in the window
        or in its previous one, where both windows have answers, in that order. A segment that answered in only one
        window has a mix effect alone: how it would have answered in the other is unknown.
    """
    window = ["grain", "period_start", "dimension"]
    counts = count_both(
        responses,
        windows(span, grains=SEGMENT_GRAINS),
        with_pairs(segments, settings.segment_pairs),
        clock=span.clock,
        counting=settings.counting,
    )
    now, before = counts_of(), counts_of("previous_")
    total, total_before = (
        Counts(*(pl.col(f"{prefix}{name}").sum().over(window) for name in COUNTS)) for prefix in ("", "previous_")
    )
    mix_effect, score_effect = effects(now, before, total, total_before)
    return (
        counts.sort(*window, "segment")
        .filter(total.responses > 0, total_before.responses > 0)
        .select(
            "month",
            "grain",
            "period_start",
            "dimension",
            "segment",
            mix_effect=mix_effect,
            score_effect=score_effect,
        )
    )
