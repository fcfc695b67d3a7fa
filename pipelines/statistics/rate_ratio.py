"""The ratio of two response rates: how well a segment is represented, with its interval.

Sources:
    Katz, Baptista, Azen, Pike 1978, Obtaining Confidence Intervals for the Risk Ratio in Cohort Studies, Biometrics 34:
    the interval of the log of a ratio of two shares.
    Pettigrew, Gart, Thomas 1986, The Bias and Higher Cumulants of the Logarithm of a Binomial Variate, Biometrika 73:
    the half added to each count, so that segments in which nobody answered have an interval.
"""

from __future__ import annotations

import polars as pl

from pipelines.statistics.score import quantile


def representation_interval(
    segment: tuple[pl.Expr, pl.Expr], rest: tuple[pl.Expr, pl.Expr], confidence: float
) -> tuple[pl.Expr, pl.Expr]:
    """Interval of a segment's representation: its response rate over everybody's.

    The representation is a monotone function of the ratio of the segment's rate to the rest's, and is 1 where that
    ratio is 1; its interval is the ratio's, transformed.

    Args:
        segment: buyers of the segment, and those of them who answered.
        rest: all other buyers, and those of them who answered.
        confidence: level of the interval.

    Returns:
        Lower and upper end; null where the segment or the rest has no buyers, or nobody answered.

    >>> segment, rest = (pl.lit(200), pl.lit(40)), (pl.lit(300), pl.lit(120))
    >>> low, high = representation_interval(segment, rest, 0.95)
    >>> pl.select(low.round(4).alias("low"), high.round(4).alias("high")).row(0)
    (0.4949, 0.784)
    """
    (buyers, responded), (others, others_responded) = segment, rest
    mine, all_mine, theirs, all_theirs = (n + 0.5 for n in (responded, buyers, others_responded, others))
    log_ratio = (mine / all_mine).log() - (theirs / all_theirs).log()
    margin = quantile(confidence) * (1 / mine - 1 / all_mine + 1 / theirs - 1 / all_theirs).sqrt()
    share = buyers / (buyers + others)
    defined = (buyers > 0) & (others > 0) & (responded + others_responded > 0)
    low, high = ((log_ratio - margin).exp(), (log_ratio + margin).exp())
    return tuple(pl.when(defined).then(ratio / (share * ratio + 1 - share)) for ratio in (low, high))  # type: ignore[return-value]
