"""The product of two independent estimates, with its interval.

Source: Goodman 1960, On the Exact Variance of Products, J. Am. Statist. Ass. 55: the variance of a product of two
independent estimates is x^2 Var(y) + y^2 Var(x) + Var(x) Var(y).
"""

from __future__ import annotations

import polars as pl

from pipelines.statistics.own_point import holding
from pipelines.statistics.score import quantile

# A point and the ends of its interval.
Estimate = tuple[pl.Expr, pl.Expr, pl.Expr]


def product(one: Estimate, other: Estimate, confidence: float) -> Estimate:
    """The product and the ends of its interval, from those of both; null where anything is.

    The variances are those of normal intervals of the same width.

    >>> tens, fives = ((pl.lit(10.0), pl.lit(6.0), pl.lit(14.0)), (pl.lit(5.0), pl.lit(4.0), pl.lit(6.0)))
    >>> ends = product(tens, fives, 0.95)
    >>> pl.select(end.round(3).alias(name) for name, end in zip(("product", "low", "high"), ends)).row(0)
    (50.0, 27.546, 72.454)
    """
    z = quantile(confidence)
    (x, x_low, x_high), (y, y_low, y_high) = one, other
    x_variance, y_variance = (((high - low) / (2 * z)) ** 2 for low, high in ((x_low, x_high), (y_low, y_high)))
    margin = z * (x**2 * y_variance + y**2 * x_variance + x_variance * y_variance).sqrt()
    return x * y, *holding((x * y - margin, x * y + margin), x * y)
