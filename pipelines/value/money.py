"""Exact money: whole cents inside, DECIMAL at the edge, and the mean of many customers with its interval.

Here: conversions, rounding, interval. Not here: whose money it is. Sums are of integers, never of floats, so a
figure does not depend on the order of rows or on how they were split.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import polars as pl
from scipy.special import ndtri

from pipelines.margins import EVERYTHING_ELSE, UNIT, Margins

MONEY = pl.Decimal(18, 2)
# The square of a sum of cents outgrows 64 bits; 38 digits are what every engine's DECIMAL holds.
WIDE = pl.Decimal(38, 0)


def cents(amount: pl.Expr) -> pl.Expr:
    """Whole cents of a DECIMAL with two places."""
    return (amount * 100).cast(pl.Int64)


def margin(revenue: pl.Expr, category: pl.Expr, margins: Margins) -> pl.Expr:
    """Cents of margin on cents of revenue, by the product category; without margins the revenue itself.

    Rounded to the nearest cent; a half goes away from zero.
    """
    if not margins:
        return revenue
    rates = dict(margins)
    others = rates.pop(EVERYTHING_ELSE)
    rate = category.replace_strict(rates, default=others, return_dtype=pl.Int64) if rates else pl.lit(others)
    wide = revenue.cast(pl.Int128) * rate
    return (wide.sign() * ((2 * wide.abs() + UNIT) // (2 * UNIT))).cast(pl.Int64)


def money(amount: pl.Expr) -> pl.Expr:
    """DECIMAL with two places of whole cents."""
    return (amount * pl.lit(Decimal("0.01"))).cast(MONEY)


def together(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Small frames below each other.

    Polars keeps a column of equal values as one value, which it divides by through its reciprocal: the last bit would
    tell which months were computed together. Written down again, the values stand each for itself.
    """
    rows = pl.concat(frames)
    return pl.DataFrame(rows.to_dict(as_series=False), schema=rows.schema)


def product(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """Exact product of two whole numbers, wide enough to be summed."""
    return left.cast(WIDE) * right.cast(WIDE)


def mean(total: pl.Expr, count: pl.Expr) -> pl.Expr:
    """Cents per head, rounded to the nearest cent; a half goes away from zero, as SQL's ROUND does."""
    return total.sign() * ((2 * total.abs() + count) // (2 * count))


def mean_interval(
    total: pl.Expr, squares: pl.Expr, count: pl.Expr, *, confidence: float, constant: pl.Expr | None = None
) -> tuple[pl.Expr, pl.Expr]:
    """Normal interval of the mean amount per head, in units of money.

    Args:
        total: sum of the amounts, cents.
        squares: sum of their squares.
        count: how many amounts; with fewer than two there is no interval.
        confidence: level of the interval.
        constant: cents that belong to the group but to no one amount; they move the mean, not the spread.

    Returns:
        Lower and upper end.
    """
    wide, heads = total.cast(pl.Int128), count.cast(pl.Int128)
    # The subtraction is between whole numbers: done in floats it would lose the digits it is about.
    spread = (heads * squares.cast(pl.Int128) - wide * wide).cast(pl.Float64)
    size = count.cast(pl.Float64)
    # Column by column: Polars divides a float column by a literal through its reciprocal unless the frame has one row,
    # so the last bit would tell how many rows were computed together.
    unit = size * 100
    half = float(ndtri(0.5 + confidence / 2)) * (spread / (size - 1)).sqrt() / unit
    centre = (total if constant is None else total + constant).cast(pl.Float64) / unit
    enough = count >= 2
    return pl.when(enough).then(centre - half), pl.when(enough).then(centre + half)
