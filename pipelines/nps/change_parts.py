"""nps.change_parts: a change of the score split into who answered and how they answered.

Here: the rows of one table. Not here: counting (counting/count.py), and the change itself (by_period.py).

Source: Kitagawa 1955, Components of a Difference Between Two Rates, J. Am. Statist. Ass. 50, in its symmetric form: of
segment i with the shares w_i and v_i of the answers, scores s_i and t_i, in the window and before it,

    score effect = (w_i + v_i) / 2 (s_i - t_i)        mix effect = (w_i - v_i) ((s_i + t_i) / 2 - c),

c the mean of the two total scores. Over the segments the c cancels, since shares sum to 1, and the parts sum to
sum w_i s_i - sum v_i t_i, the change.
"""

from __future__ import annotations

import polars as pl

from pipelines.nps.by_segment import SEGMENT_GRAINS, with_pairs
from pipelines.nps.counting.count import count_both
from pipelines.periods import Span, windows
from pipelines.settings import Settings
from pipelines.statistics import score
from pipelines.statistics.score import COUNTS


def change_parts(responses: pl.LazyFrame, segments: pl.LazyFrame, *, span: Span, settings: Settings) -> pl.DataFrame:
    """Mix and score effect of every segment on the change of every window that the months own, all stages together.

    Args:
        responses: core.responses with all its history up to the clock.
        segments: core.response_segments in one row an answer: response_id, and a column for each dimension.
        span: the months to compute, and the clock.
        settings: counting, segment_pairs.

    Returns:
        Columns of nps.change_parts; one row per (grain, period_start, dimension, segment) with an answer in the window
        or in its previous one, where both windows have answers, in that order. A segment that answered in one window
        only has a mix effect alone: nobody can tell how it would have answered in the other.
    """
    window = ["grain", "period_start", "dimension"]
    counts = count_both(
        responses,
        windows(span, grains=SEGMENT_GRAINS),
        with_pairs(segments, settings.segment_pairs),
        clock=span.clock,
        counting=settings.counting,
    )
    now, before = score.counts(), score.counts("previous_")
    whole = [
        score.Counts(*(pl.col(f"{prefix}{name}").sum().over(window) for name in COUNTS)) for prefix in ("", "previous_")
    ]
    share, share_before = now.responses / whole[0].responses, before.responses / whole[1].responses
    own = pl.when(now.responses > 0).then(score.nps(now)).otherwise(score.nps(before))
    own_before = pl.when(before.responses > 0).then(score.nps(before)).otherwise(score.nps(now))
    centre = (score.nps(whole[0]) + score.nps(whole[1])) / 2
    return (
        counts.sort(*window, "segment")
        .filter(whole[0].responses > 0, whole[1].responses > 0)
        .select(
            "month",
            "grain",
            "period_start",
            "dimension",
            "segment",
            mix_effect=(share - share_before) * ((own + own_before) * 0.5 - centre),
            score_effect=(share + share_before) * 0.5 * (own - own_before),
        )
    )
