"""The difference of two scores split into who answered and how they answered.

Source: Kitagawa 1955, Components of a Difference Between Two Rates, J. Am. Statist. Ass. 50, in its symmetric form: for
a segment with the shares w and v of the answers and the scores s and t, in the window and before it,

    score effect = (w + v) / 2 (s - t)        mix effect = (w - v) ((s + t) / 2 - c),

where c is the mean of the two total scores. Shares sum to 1, so c cancels over the segments and the effects sum to
sum w s - sum v t, the change.
"""

from __future__ import annotations

import polars as pl

from pipelines.statistics.score import Counts, nps


def effects(now: Counts, before: Counts, total: Counts, total_before: Counts) -> tuple[pl.Expr, pl.Expr]:
    """Mix effect and score effect of a segment, in points.

    A segment with answers in one window only takes that window's score for both: all of its part is mix.

    Args:
        now: the segment's answers in the window.
        before: the segment's answers in the previous window.
        total: all answers of the window; at least one.
        total_before: all answers of the previous window; at least one.

    >>> segment = Counts(pl.lit(30), pl.lit(10), pl.lit(10)), Counts(pl.lit(10), pl.lit(10), pl.lit(5))
    >>> everybody = Counts(pl.lit(50), pl.lit(30), pl.lit(20)), Counts(pl.lit(40), pl.lit(40), pl.lit(20))
    >>> mix, score_effect = effects(*segment, *everybody)
    >>> pl.select(mix.alias("mix"), score_effect.alias("score")).row(0)
    (1.25, 7.5)
    """
    share, share_before = now.responses / total.responses, before.responses / total_before.responses
    own = pl.when(now.responses > 0).then(nps(now)).otherwise(nps(before))
    own_before = pl.when(before.responses > 0).then(nps(before)).otherwise(nps(now))
    centre = (nps(total) + nps(total_before)) / 2
    mix = (share - share_before) * ((own + own_before) * 0.5 - centre)
    return mix, (share + share_before) * 0.5 * (own - own_before)
