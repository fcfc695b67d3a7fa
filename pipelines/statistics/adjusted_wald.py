"""The adjusted Wald (3,T) interval of a score, and the interval and test of the difference of two scores.

Here: interval, margin, smallest detectable change, difference and p-value with three pseudo-answers added to each
sample. Not here: the score itself (score.py), design effects (design_effect.py), many tests at once
(multiple_testing.py).

Sources:
    Rocks 2016, Interval Estimation for the "Net Promoter Score", arXiv 1601.07235: the adjusted Wald (3,T) interval.
    MeasuringU, Three Ways to Compute Confidence Intervals for the NPS: the same, and for the difference of two.
"""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

import polars as pl
from scipy import special

from pipelines.statistics.own_point import holding
from pipelines.statistics.score import POINTS, POWER, Counts, difference, nps, quantile, standard_error

# Promoters, passives and detractors added to a sample.
ADDED = (0.75, 1.5, 0.75)


def adjusted(sample: Counts) -> Counts:
    """The sample with the three pseudo-answers of the adjusted Wald (3,T) form (Rocks 2016).

    A sample with a design effect is first reduced to its effective number of answers, n / effect.

    >>> sample = adjusted(Counts(pl.lit(50), pl.lit(30), pl.lit(20)))
    >>> round(pl.select(nps(sample)).item(), 4)
    29.1262
    """
    own = sample if sample.design is None else sample.divided(sample.design)
    return Counts(
        *(count + more for count, more in zip((own.promoters, own.passives, own.detractors), ADDED, strict=True))
    )


def margin_of_error(sample: Counts, confidence: float) -> pl.Expr:
    """Half width of the adjusted Wald (3,T) interval in points, before clipping (Rocks 2016).

    >>> round(pl.select(margin_of_error(Counts(pl.lit(50), pl.lit(30), pl.lit(20)), 0.95)).item(), 4)
    15.0751
    """
    return quantile(confidence) * standard_error(adjusted(sample))


def interval(sample: Counts, confidence: float) -> tuple[pl.Expr, pl.Expr]:
    """Lower and upper end of the adjusted Wald (3,T) interval in points, clipped to -100..100 (Rocks 2016).

    Its centre is the adjusted score; with one or two answers it is widened to hold the raw score.

    >>> low, high = interval(Counts(pl.lit(50), pl.lit(30), pl.lit(20)), 0.95)
    >>> pl.select(low.round(4).alias("low"), high.round(4).alias("high")).row(0)
    (14.0511, 44.2013)
    """
    centre, margin = nps(adjusted(sample)), margin_of_error(sample, confidence)
    ends = (centre - margin).clip(-POINTS, POINTS), (centre + margin).clip(-POINTS, POINTS)
    return holding(ends, nps(sample))


def smallest_detectable_change(sample: Counts, confidence: float) -> pl.Expr:
    """Change in points between two independent samples like this one that a test at `confidence` finds with POWER.

    >>> sample = Counts(pl.lit(500), pl.lit(300), pl.lit(200))
    >>> round(pl.select(smallest_detectable_change(sample, 0.95)).item(), 2)
    9.77
    """
    return (quantile(confidence) + NormalDist().inv_cdf(POWER)) * sqrt(2) * standard_error(adjusted(sample))


def difference_error(sample: Counts, other: Counts, shared: pl.Expr | None = None) -> pl.Expr:
    """Standard error of the difference in points, adjusted (3,T) in both samples (MeasuringU 2021).

    Args:
        sample: the first sample.
        other: the second sample.
        shared: `design_effect.covariance` of the two, where customers can be in both; without it they are independent.

    >>> later = Counts(pl.lit(60), pl.lit(25), pl.lit(15))
    >>> earlier = Counts(pl.lit(50), pl.lit(30), pl.lit(20))
    >>> round(pl.select(difference_error(later, earlier)).item(), 4)
    10.6177
    """
    variance = standard_error(adjusted(sample)) ** 2 + standard_error(adjusted(other)) ** 2
    if shared is not None:
        direct = variance - 2 * POINTS**2 * shared / (sample.responses * other.responses)
        # The adjusted variances are over n + 3, the covariance over n, so with few answers the result can be negative.
        # With n + 3 in both it stays positive: (n + 3)^2 SE^2 exceeds the raw sum of squares, and by Cauchy-Schwarz
        # the covariance of customers with one answer each is at most the root of the product of the two sums of
        # squares. Customers with several answers can exceed that bound, so it is imposed.
        bound = (sample.variance * sample.responses * other.variance * other.responses).clip(lower_bound=0).sqrt()
        # (A design effect only increases the variances.)
        floor = variance - 2 * POINTS**2 * pl.min_horizontal(shared, bound) / (
            (sample.responses + 3) * (other.responses + 3)
        )
        variance = pl.when(direct > 0).then(direct).otherwise(floor)
    return variance.sqrt()


def difference_interval(
    sample: Counts, other: Counts, confidence: float, error: pl.Expr | None = None
) -> tuple[pl.Expr, pl.Expr]:
    """Lower and upper end of the interval of the difference, centred on the adjusted one; null if a sample is empty.

    Clipped to -200..200, and widened to hold the difference of the raw scores.

    Args:
        sample: the first sample.
        other: the second sample.
        confidence: level of the interval.
        error: `difference_error` of the two; without it they are independent.

    >>> later = Counts(pl.lit(60), pl.lit(25), pl.lit(15))
    >>> earlier = Counts(pl.lit(50), pl.lit(30), pl.lit(20))
    >>> low, high = difference_interval(later, earlier, 0.95)
    >>> pl.select(low.round(4).alias("low"), high.round(4).alias("high")).row(0)
    (-6.2473, 35.3735)
    """
    margin = quantile(confidence) * (difference_error(sample, other) if error is None else error)
    centre = difference(adjusted(sample), adjusted(other))
    both_answered = (sample.responses > 0) & (other.responses > 0)
    low, high = (end.clip(-2 * POINTS, 2 * POINTS) for end in (centre - margin, centre + margin))
    ends = pl.when(both_answered).then(low), pl.when(both_answered).then(high)
    return holding(ends, difference(sample, other))


def p_value(sample: Counts, other: Counts, error: pl.Expr | None = None) -> pl.Expr:
    """Two-sided p-value of no difference, from the adjusted form; null where a sample is empty.

    For a single test; for the smallest of many use `multiple_testing.p_value_of_many`. `error` as for
    `difference_interval`.

    >>> later = Counts(pl.lit(60), pl.lit(25), pl.lit(15))
    >>> earlier = Counts(pl.lit(50), pl.lit(30), pl.lit(20))
    >>> round(pl.select(p_value(later, earlier)).item(), 6)
    0.170193
    """
    both_answered = (sample.responses > 0) & (other.responses > 0)
    z = difference(adjusted(sample), adjusted(other)) / (difference_error(sample, other) if error is None else error)
    # erfc is precise in the far tail, where 1 - (2 cdf(z) - 1) is rounding error below 1e-16.
    return (
        pl.when(both_answered)
        .then(z.abs() * sqrt(0.5))
        .map_batches(special.erfc, return_dtype=pl.Float64, is_elementwise=True)
    )
