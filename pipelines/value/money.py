"""Exact money: whole cents inside, DECIMAL at the edge, and the mean of many customers.

Here: conversions, rounding. Not here: whose money it is, and intervals. Sums are of integers, never of floats, so a
figure does not depend on the order of rows or on how they were split.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import polars as pl

from pipelines.margins import EVERYTHING_ELSE, UNIT, Margins

MONEY = pl.Decimal(18, 2)


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


def mean(total: pl.Expr, count: pl.Expr) -> pl.Expr:
    """Cents per head, rounded to the nearest cent; a half goes away from zero, as SQL's ROUND does."""
    return total.sign() * ((2 * total.abs() + count) // (2 * count))
