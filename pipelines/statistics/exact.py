"""Exact arithmetic on integers beyond 64 bits.

Here: products whose sums do not depend on the order of rows. Not here: money (value/money.py).
"""

from __future__ import annotations

import polars as pl

# Squared sums of cents exceed 64 bits; 38 digits is the width of DECIMAL in every engine.
WIDE = pl.Decimal(38, 0)


def product(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """Exact product of two integer columns, wide enough to be summed.

    >>> rows = pl.DataFrame({"cents": [10_000_000_000]})
    >>> rows.select(product(pl.col("cents"), pl.col("cents"))).item()
    Decimal('100000000000000000000')
    """
    return left.cast(WIDE) * right.cast(WIDE)
