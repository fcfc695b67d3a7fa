"""Tests of many segments at once: Benjamini-Hochberg, and a p-value whose far tail can be trusted.

Here: adjusting p-values for the number of tests, and the test whose p-values are adjusted. Not here: a single test
(adjusted_wald.p_value), or which tests form a family.

Source: Benjamini, Hochberg 1995, Controlling the False Discovery Rate, J. R. Statist. Soc. B 57.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
import polars as pl
from scipy import special

from pipelines.statistics.adjusted_wald import adjusted
from pipelines.statistics.score import COUNTS, Counts, difference, standard_error


def p_value_of_many(sample: Counts, other: Counts) -> pl.Expr:
    """p-value of no difference between independent samples, for the smallest of many; null where a sample is empty.

    The larger of two p-values: Student's t with Welch's degrees of freedom (Welch 1947, The Generalization of
    Student's Problem, Biometrika 34), and the normal test with the common variance of both samples. Far in the tail,
    where 5 % / 40 lies, adjusted_wald.p_value gives half as many false alarms again, since each variance is estimated;
    so does Welch's for a handful of polarised answers, and the common variance for skewed ones. The larger of the two
    keeps 40 equal segments at 5 % (tests/statistics/test_interval_coverage.py).

    >>> segment = Counts(pl.lit(20), pl.lit(0), pl.lit(10))
    >>> rest = Counts(pl.lit(12), pl.lit(0), pl.lit(18))
    >>> round(pl.select(p_value_of_many(segment, rest)).item(), 4)
    0.0434
    """
    samples = (adjusted(sample), adjusted(other))
    squares = [standard_error(one) ** 2 for one in samples]
    gap = difference(*samples).abs()
    # n - 0.75 degrees: about n - 1, and still positive for a single answer.
    freedom = (squares[0] + squares[1]) ** 2 / pl.sum_horizontal(
        square**2 / (one.responses - 3.75) for square, one in zip(squares, samples, strict=True)
    )
    welch = gap / (squares[0] + squares[1]).sqrt()
    both = Counts(*(getattr(samples[0], name) + getattr(samples[1], name) for name in COUNTS))
    common = gap / (
        standard_error(both) * (both.responses / samples[0].responses + both.responses / samples[1].responses).sqrt()
    )
    both_answered = (sample.responses > 0) & (other.responses > 0)
    return pl.when(both_answered).then(
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

    The adjusted value is the smallest of p_j m / j over the ranks j from its own up, m being the number of tests. Nulls
    are not tests and stay null.

    >>> tests = pl.DataFrame({"p": [0.01, 0.02, 0.03, 0.5]})
    >>> tests.select(benjamini_hochberg(pl.col("p")))["p"].to_list()
    [0.04, 0.04, 0.04, 0.5]
    """
    tests = p.count()
    downward = p.sort(descending=True, nulls_last=True)
    ranks = (tests - pl.int_range(pl.len())).clip(lower_bound=1)
    smallest = (downward * tests / ranks).cum_min()
    return smallest.gather(p.rank("ordinal", descending=True) - 1)
