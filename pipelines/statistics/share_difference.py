"""The difference of two independent shares, with Newcombe's interval.

Source: Newcombe 1998, Interval Estimation for the Difference Between Independent Proportions, Statist. Med. 17,
method 10: the distances of both shares to the ends of their own Wilson intervals, added in quadrature.
"""

from __future__ import annotations

import polars as pl

from pipelines.statistics.own_point import holding
from pipelines.statistics.wilson import wilson


def share_difference(
    first: tuple[pl.Expr, pl.Expr], second: tuple[pl.Expr, pl.Expr], confidence: float
) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """First share less second, -1..1, and the ends of its interval; null where either `n` is 0.

    Args:
        first: successes and n of the one sample.
        second: those of the other.
        confidence: level of the interval.

    >>> ends = share_difference((pl.lit(56), pl.lit(70)), (pl.lit(48), pl.lit(80)), 0.95)
    >>> pl.select(end.round(4).alias(name) for name, end in zip(("difference", "low", "high"), ends)).row(0)
    (0.2, 0.0524, 0.3339)
    """
    one, two = (pl.when(n > 0).then(successes / n) for successes, n in (first, second))
    (one_low, one_high), (two_low, two_high) = (wilson(successes, n, confidence) for successes, n in (first, second))
    difference = one - two
    low = difference - ((one - one_low) ** 2 + (two_high - two) ** 2).sqrt()
    high = difference + ((one_high - one) ** 2 + (two - two_low) ** 2).sqrt()
    return difference, *holding((low, high), difference)
