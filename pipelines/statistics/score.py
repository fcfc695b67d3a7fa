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


def difference(sample: Counts, other: Counts) -> pl.Expr:
    """Score of the sample less that of the other; null where either is empty."""
    return pl.when((sample.responses > 0) & (other.responses > 0)).then(nps(sample) - nps(other))
