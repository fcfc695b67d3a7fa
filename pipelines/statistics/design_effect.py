"""The design effect of customers who gave several answers, which carry less information than independent answers.

Here: the design effect of one sample, and the covariance of two samples that share customers, both from sums over
pairs of one customer's answers. Not here: finding the pairs (nps/counting/pairs.py).

Sources:
    Kish 1965, Survey Sampling: the design effect.
    Liang, Zeger 1986, Longitudinal Data Analysis Using Generalized Linear Models, Biometrika 73: the cluster-robust
    variance.
"""

from __future__ import annotations

import polars as pl

from pipelines.statistics.adjusted_wald import adjusted
from pipelines.statistics.score import Counts, counts


def design_effects(*prefixes: str) -> list[pl.Expr]:
    """The columns {prefix}design: variance of the sample's score relative to independent answers, at least 1.

    Cluster-robust over customers: the sum over customers of (S_c - m N_c)^2 over the sum over answers of (s_i - m)^2,
    where a customer's N_c answers have signs that sum to S_c. With m the adjusted mean, the effect is also defined
    where all answers are equal: ten equal answers of one customer count as one. Exactly 1 if every customer answered
    once.

    Reads the counts and the sums over pairs of one customer's answers in the columns {prefix}own_signs_signs,
    own_signs_answers, own_answers_signs and own_answers_answers.

    >>> # Ten promoters, all one customer: 45 pairs of equal answers.
    >>> pairs = {f"own_{name}": [45] for name in ("signs_signs", "answers_answers")}
    >>> pairs |= {"own_signs_answers": [90], "own_answers_signs": [0]}
    >>> table = pl.DataFrame({"promoters": [10], "passives": [0], "detractors": [0], **pairs})
    >>> round(table.select(design_effects("")).item(), 9)
    10.0
    """
    return [_design_effect(counts(prefix), f"{prefix}own_").alias(f"{prefix}design") for prefix in prefixes]


def _design_effect(sample: Counts, own: str) -> pl.Expr:
    mean = adjusted(sample).mean
    squares = sample.promoters * (1 - mean) ** 2 + sample.passives * mean**2 + sample.detractors * (1 + mean) ** 2
    # Only passives: the mean is 0 and so is every deviation; n equal answers of one customer still count as one.
    alike = 1 + 2 * pl.col(f"{own}answers_answers") / sample.responses
    effect = pl.when(squares > 0).then(1 + 2 * _centred(mean, mean, own) / squares).otherwise(alike)
    return pl.when(sample.responses > 0).then(effect.clip(lower_bound=1)).otherwise(1.0)


def covariance(sample: Counts, other: Counts) -> pl.Expr:
    """Sum over customers in both samples of (s1 - m1)(s2 - m2), m1 and m2 being the raw means. Unit: sign squared.

    Reads the integer columns signs_signs (sum of S1 S2), signs_answers (S1 N2), answers_signs (N1 S2) and
    answers_answers (N1 N2): a customer's N1 answers in the sample have signs that sum to S1, the N2 in the other S2.

    >>> # One customer, a promoter in both samples of two answers.
    >>> names = ("signs_signs", "signs_answers", "answers_signs", "answers_answers")
    >>> sample = Counts(pl.lit(1), pl.lit(1), pl.lit(0))
    >>> pl.DataFrame(dict.fromkeys(names, [1])).select(covariance(sample, sample)).item()
    0.25
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
