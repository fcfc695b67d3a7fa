"""Exact money: whole cents inside, DECIMAL at the edge.

Here: conversions, margin, rounded means. Not here: whose money it is, and intervals. Cents are summed as integers,
never as floats, so a figure does not depend on the order or the partitioning of the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import polars as pl

from pipelines.margins import EVERYTHING_ELSE, UNIT, Margins

MONEY = pl.Decimal(18, 2)


def cents(amount: pl.Expr) -> pl.Expr:
    """DECIMAL with two places as whole cents."""
    return (amount * 100).cast(pl.Int64)


def margin(revenue: pl.Expr, category: pl.Expr, margins: Margins) -> pl.Expr:
    """Cents of margin on cents of revenue, by product category; the revenue itself without margins.

    Rounded to the nearest cent, halves away from zero.
    """
    if not margins:
        return revenue
    rates = dict(margins)
    others = rates.pop(EVERYTHING_ELSE)
    rate = category.replace_strict(rates, default=others, return_dtype=pl.Int64) if rates else pl.lit(others)
    wide = revenue.cast(pl.Int128) * rate
    return (wide.sign() * ((2 * wide.abs() + UNIT) // (2 * UNIT))).cast(pl.Int64)


def money(amount: pl.Expr) -> pl.Expr:
    """Whole cents as DECIMAL with two places."""
    return (amount * pl.lit(Decimal("0.01"))).cast(MONEY)


def together(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Concatenate small frames, materialising every value.

    Polars stores a column of equal values as a scalar and divides by it through its reciprocal, so the last bit of a
    figure would depend on which months were computed together.
    """
    rows = pl.concat(frames)
    return pl.DataFrame(rows.to_dict(as_series=False), schema=rows.schema)


def mean(total: pl.Expr, count: pl.Expr) -> pl.Expr:
    """Cents per head, rounded to the nearest cent, halves away from zero as in SQL's ROUND."""
    return total.sign() * ((2 * total.abs() + count) // (2 * count))
