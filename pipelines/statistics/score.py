"""The net promoter score of counted answers, its sampling error and the difference of two scores.

Here: samples as counts, and formulas on the counts as they are. Not here: the interval and tests that are published
(adjusted_wald.py), counting answers, and which windows or segments are compared. Results are in NPS points (-100..100)
unless a docstring says otherwise; an answer's sign is -1 for a detractor, 0 for a passive, +1 for a promoter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import NormalDist

import polars as pl

POINTS = 100
# Columns that count answers.
COUNTS = ("promoters", "passives", "detractors")
POWER = 0.80


@dataclass(frozen=True)
class Counts:
    """Counts of one sample as expressions: whole answers, or pseudo-counts and weights.

    design: design effect of customers who gave several of the answers; None if answers are independent.
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
        """The same proportions in fewer answers."""
        return Counts(self.promoters / by, self.passives / by, self.detractors / by)


def counts(prefix: str = "", *, clustered: bool = False) -> Counts:
    """The sample whose counts are in {prefix}promoters, {prefix}passives and {prefix}detractors.

    With `clustered` its errors allow for customers with several answers: the column {prefix}design of
    design_effect.design_effects.

    >>> table = pl.DataFrame({"promoters": [50], "passives": [30], "detractors": [20]})
    >>> table.select(nps=nps(counts()), responses=counts().responses).row(0)
    (30.0, 100)
    """
    sample = Counts(*(pl.col(f"{prefix}{name}") for name in COUNTS))
    return replace(sample, design=pl.col(f"{prefix}design")) if clustered else sample


def quantile(confidence: float) -> float:
    """Half width of a two-sided normal interval in standard errors: 1.96 at 0.95.

    >>> round(quantile(0.95), 6)
    1.959964
    """
    return NormalDist().inv_cdf((1 + confidence) / 2)


def nps(sample: Counts) -> pl.Expr:
    """Net promoter score of the raw counts, in points.

    >>> pl.select(nps(Counts(pl.lit(50), pl.lit(30), pl.lit(20)))).item()
    30.0
    """
    return POINTS * sample.mean


def standard_error(sample: Counts) -> pl.Expr:
    """Standard error of the score of the raw counts, in points.

    >>> round(pl.select(standard_error(Counts(pl.lit(50), pl.lit(30), pl.lit(20)))).item(), 4)
    7.8102
    """
    # Rounding can leave -1e-17 where all answers are equal.
    return POINTS * (sample.variance.clip(lower_bound=0) / sample.responses).sqrt()


def difference(sample: Counts, other: Counts) -> pl.Expr:
    """Score of the sample less that of the other, in points; null where either is empty.

    >>> sample = Counts(pl.lit(50), pl.lit(30), pl.lit(20))
    >>> other = Counts(pl.lit(60), pl.lit(25), pl.lit(15))
    >>> pl.select(difference(sample, other)).item()
    -15.0
    """
    return pl.when((sample.responses > 0) & (other.responses > 0)).then(nps(sample) - nps(other))
