"""The score and its error: every formula once, as Polars expressions over count columns.

Here: points, standard errors, intervals, tests, and the adjustment for many tests. Not here: counting answers, or
which windows and segments are compared. Every result is in NPS points (-100..100) unless it says otherwise; an
answer's sign is -1 for a detractor, 0 for a passive, +1 for a promoter.

Sources:
    Rocks 2016, Interval Estimation for the "Net Promoter Score", arXiv 1601.07235: the adjusted Wald (3,T) interval.
    MeasuringU, Three Ways to Compute Confidence Intervals for the NPS: the same, and for the difference of two.
    Benjamini, Hochberg 1995, Controlling the False Discovery Rate, J. R. Statist. Soc. B 57.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt
from statistics import NormalDist

import numpy as np
import polars as pl
from scipy import special

POINTS = 100
# Promoters, passives and detractors that the adjusted Wald (3,T) form adds to a sample.
ADDED = (0.75, 1.5, 0.75)
# Columns that count answers.
COUNTS = ("promoters", "passives", "detractors")
POWER = 0.80


@dataclass(frozen=True)
class Counts:
    """Counts of one sample as expressions: whole answers, or pseudo-counts and weights.

    design: effect of customers who gave several of the answers; without it every answer is its own.
    """

    promoters: pl.Expr
    passives: pl.Expr
    detractors: pl.Expr
    design: pl.Expr | None = None

    @property
    def responses(self) -> pl.Expr:
        """Size of the sample."""
        return self.promoters + self.passives + self.detractors

    @property
    def mean(self) -> pl.Expr:
        """Mean sign, -1..1."""
        return (self.promoters - self.detractors) / self.responses

    @property
    def variance(self) -> pl.Expr:
        """Variance of one answer's sign, population form, 0..1."""
        return (self.promoters + self.detractors) / self.responses - self.mean**2

    def divided(self, by: pl.Expr) -> Counts:
        """The same proportions of fewer answers."""
        return Counts(self.promoters / by, self.passives / by, self.detractors / by)


def counts(prefix: str = "", *, clustered: bool = False) -> Counts:
    """The sample whose counts are in {prefix}promoters, {prefix}passives and {prefix}detractors.

    With `clustered` its errors allow for customers with several answers, by the column of `design_effects`.
    """
    sample = Counts(*(pl.col(f"{prefix}{name}") for name in COUNTS))
    return replace(sample, design=pl.col(f"{prefix}design")) if clustered else sample


def adjusted(sample: Counts) -> Counts:
    """The sample with the three pseudo-answers of the adjusted Wald (3,T) form (Rocks 2016).

    A sample with a design effect has the effective number of answers, n / effect, in the observed proportions.
    """
    own = sample if sample.design is None else sample.divided(sample.design)
    return Counts(
        *(count + more for count, more in zip((own.promoters, own.passives, own.detractors), ADDED, strict=True))
    )


def design_effects(*prefixes: str) -> list[pl.Expr]:
    """The columns {prefix}design: how many times the variance of independent answers a sample's have, 1 or more.

    Cluster-robust over customers: sum over customers of (S_c - m N_c)^2 over the sum over answers of (s_i - m)^2, where
    a customer's N_c answers have signs that sum to S_c. m is the adjusted mean, so that the effect is also known where
    all answers are alike: ten equal answers of one customer count as one. Exactly 1 if every customer answered once.

    Reads the counts and the columns {prefix}own_* of pairs.PRODUCTS: sums over the pairs of one customer's answers.
    Source: Kish 1965, Survey Sampling (design effect); Liang, Zeger 1986, Biometrika 73 (cluster-robust variance).
    """
    return [_design_effect(counts(prefix), f"{prefix}own_").alias(f"{prefix}design") for prefix in prefixes]


def _design_effect(sample: Counts, own: str) -> pl.Expr:
    mean = adjusted(sample).mean
    squares = sample.promoters * (1 - mean) ** 2 + sample.passives * mean**2 + sample.detractors * (1 + mean) ** 2
    # Where all are passive the mean is theirs; then too n equal answers of one customer are one.
    alike = 1 + 2 * pl.col(f"{own}answers_answers") / sample.responses
    effect = pl.when(squares > 0).then(1 + 2 * _centred(mean, mean, own) / squares).otherwise(alike)
    return pl.when(sample.responses > 0).then(effect.clip(lower_bound=1)).otherwise(1.0)


def quantile(confidence: float) -> float:
    """Half width of a two-sided normal interval in standard errors: 1.96 at 0.95."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


def nps(sample: Counts) -> pl.Expr:
    """Net promoter score of the counts as they are."""
    return POINTS * sample.mean


def standard_error(sample: Counts) -> pl.Expr:
    """Standard error of the score of the counts as they are."""
    # Rounding can leave a variance of -1e-17 where all answers are alike.
    return POINTS * (sample.variance.clip(lower_bound=0) / sample.responses).sqrt()


def margin_of_error(sample: Counts, confidence: float) -> pl.Expr:
    """Half width of the adjusted Wald (3,T) interval, before clipping (Rocks 2016)."""
    return quantile(confidence) * standard_error(adjusted(sample))


def interval(sample: Counts, confidence: float) -> tuple[pl.Expr, pl.Expr]:
    """Low and high end of the adjusted Wald (3,T) interval, clipped to -100..100 (Rocks 2016).

    Its centre is the adjusted score, so for very few answers the raw score may lie outside.
    """
    centre, margin = nps(adjusted(sample)), margin_of_error(sample, confidence)
    return (centre - margin).clip(-POINTS, POINTS), (centre + margin).clip(-POINTS, POINTS)


def smallest_detectable_change(sample: Counts, confidence: float) -> pl.Expr:
    """Change between two independent samples like this one that a test at `confidence` finds with 80 % power."""
    return (quantile(confidence) + NormalDist().inv_cdf(POWER)) * sqrt(2) * standard_error(adjusted(sample))


def difference(sample: Counts, other: Counts) -> pl.Expr:
    """Score of the sample less that of the other; null where either is empty."""
    return pl.when((sample.responses > 0) & (other.responses > 0)).then(nps(sample) - nps(other))


def covariance(sample: Counts, other: Counts) -> pl.Expr:
    """Sum over customers in both samples of (s1 - m1)(s2 - m2), where m are the raw means. Unit: sign squared.

    Reads the integer columns signs_signs (sum of S1 S2), signs_answers (S1 N2), answers_signs (N1 S2) and
    answers_answers (N1 N2): a customer's N1 answers in the sample have signs that sum to S1, the N2 in the other S2.
    """
    return _centred(sample.mean, other.mean)


def _centred(mean: pl.Expr, other: pl.Expr, prefix: str = "") -> pl.Expr:
    """Sum over pairs of answers of (s1 - mean)(s2 - other), from the sums of products in {prefix}*."""
    return (
        pl.col(f"{prefix}signs_signs")
        - other * pl.col(f"{prefix}signs_answers")
        - mean * pl.col(f"{prefix}answers_signs")
        + mean * other * pl.col(f"{prefix}answers_answers")
    )


def difference_error(sample: Counts, other: Counts, shared: pl.Expr | None = None) -> pl.Expr:
    """Standard error of the difference, adjusted (3,T) in both samples (MeasuringU 2021).

    Args:
        sample: the first sample.
        other: the second sample.
        shared: `covariance` of the two, where customers can be in both; without it they are independent.
    """
    variance = standard_error(adjusted(sample)) ** 2 + standard_error(adjusted(other)) ** 2
    if shared is not None:
        direct = variance - 2 * POINTS**2 * shared / (sample.responses * other.responses)
        # The adjusted variances are over n + 3, the covariance over n, so few answers can leave nothing. With n + 3
        # in both something always remains: (n + 3)^2 SE^2 is above the raw sum of squares, and by Cauchy-Schwarz
        # the covariance of customers with one answer each is within the root of the two sums of squares. That bound
        # is set here for customers with several answers, whom it does not hold for by itself.
        bound = (sample.variance * sample.responses * other.variance * other.responses).clip(lower_bound=0).sqrt()
        # (A design effect only adds to the variances.)
        floor = variance - 2 * POINTS**2 * pl.min_horizontal(shared, bound) / (
            (sample.responses + 3) * (other.responses + 3)
        )
        variance = pl.when(direct > 0).then(direct).otherwise(floor)
    return variance.sqrt()


def difference_interval(
    sample: Counts, other: Counts, confidence: float, shared: pl.Expr | None = None
) -> tuple[pl.Expr, pl.Expr]:
    """Low and high end of the interval of `difference`, centred on the adjusted one; null where either is empty."""
    margin = quantile(confidence) * difference_error(sample, other, shared)
    centre = difference(adjusted(sample), adjusted(other))
    known = (sample.responses > 0) & (other.responses > 0)
    return pl.when(known).then(centre - margin), pl.when(known).then(centre + margin)


def p_value(sample: Counts, other: Counts, shared: pl.Expr | None = None) -> pl.Expr:
    """Two-sided p-value of no difference, from the adjusted form; null where either is empty.

    For one test of its own. Of many at once the smallest matters, see `p_value_of_many`.
    """
    known = (sample.responses > 0) & (other.responses > 0)
    z = difference(adjusted(sample), adjusted(other)) / difference_error(sample, other, shared)
    # erfc keeps its precision in the far tail, where 1 - (2 cdf(z) - 1) is all rounding below 1e-16.
    return (
        pl.when(known).then(z.abs() * sqrt(0.5)).map_batches(special.erfc, return_dtype=pl.Float64, is_elementwise=True)
    )


def p_value_of_many(sample: Counts, other: Counts) -> pl.Expr:
    """As `p_value` of independent samples, for the smallest of many: the larger of two p-values.

    One is Student's t with Welch's degrees of freedom, the other takes the variance of both samples together. Far out
    in the tail, where 5 % / 40 lies, the normal one makes half as many false alarms again because each variance is
    estimated; Welch's still does for a handful of polarised answers, the common variance for skewed ones. Together they
    keep 40 equal segments at 5 % (tests/nps/coverage.py).
    """
    samples = (adjusted(sample), adjusted(other))
    squares = [standard_error(one) ** 2 for one in samples]
    gap = difference(*samples).abs()
    # n - 0.75: about one less than the answers, and a single one still has some.
    freedom = (squares[0] + squares[1]) ** 2 / pl.sum_horizontal(
        square**2 / (one.responses - 3.75) for square, one in zip(squares, samples, strict=True)
    )
    welch = gap / (squares[0] + squares[1]).sqrt()
    both = Counts(
        *(getattr(samples[0], name) + getattr(samples[1], name) for name in ("promoters", "passives", "detractors"))
    )
    common = gap / (
        standard_error(both) * (both.responses / samples[0].responses + both.responses / samples[1].responses).sqrt()
    )
    known = (sample.responses > 0) & (other.responses > 0)
    return pl.when(known).then(
        pl.struct(freedom=freedom, welch=welch, common=common).map_batches(
            _larger_p, return_dtype=pl.Float64, is_elementwise=True
        )
    )


def _larger_p(tests: pl.Series) -> pl.Series:
    """The larger two-sided p-value of `welch` (Student's t with `freedom`) and `common` (normal)."""
    freedom, welch, common = (tests.struct[name].to_numpy() for name in ("freedom", "welch", "common"))
    return pl.Series(np.maximum(2 * special.stdtr(freedom, -welch), special.erfc(common * sqrt(0.5))))


def benjamini_hochberg(p: pl.Expr) -> pl.Expr:
    """p-values adjusted for the number of tests of the group (Benjamini, Hochberg 1995); use with `.over(group)`.

    The adjusted value is the smallest of p_j m / j over the ranks j from its own up, m the number of tests. Nulls are
    no tests and stay null.
    """
    tests = p.count()
    downward = p.sort(descending=True, nulls_last=True)
    ranks = (tests - pl.int_range(pl.len())).clip(lower_bound=1)
    smallest = (downward * tests / ranks).cum_min()
    return smallest.gather(p.rank("ordinal", descending=True) - 1)


def score_columns(confidence: float, min_responses: int) -> list[pl.Expr]:
    """The columns responses..smallest_detectable_change of schema nps, from the counts and design of a row."""
    sample = counts(clustered=True)
    low, high = interval(sample, confidence)
    return [
        sample.responses.alias("responses"),
        sample.promoters,
        sample.passives,
        sample.detractors,
        nps(sample).alias("nps"),
        standard_error(sample).alias("standard_error"),
        margin_of_error(sample, confidence).alias("margin_of_error"),
        low.alias("nps_low"),
        high.alias("nps_high"),
        (sample.responses >= min_responses).alias("is_reliable"),
        smallest_detectable_change(sample, confidence).alias("smallest_detectable_change"),
    ]


def change_columns(confidence: float) -> list[pl.Expr]:
    """The columns previous_responses..is_significant of schema nps, from the counts, designs and products."""
    sample, previous = counts(clustered=True), counts("previous_", clustered=True)
    shared = covariance(sample, previous)
    low, high = difference_interval(sample, previous, confidence, shared)
    p = p_value(sample, previous, shared)
    return [
        previous.responses.alias("previous_responses"),
        pl.when(previous.responses > 0).then(nps(previous)).alias("previous_nps"),
        difference(sample, previous).alias("change"),
        low.alias("change_low"),
        high.alias("change_high"),
        p.alias("change_p_value"),
        (p < 1 - confidence).alias("is_significant"),
    ]
