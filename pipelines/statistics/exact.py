"""Exact arithmetic on whole numbers that outgrow 64 bits.

Here: products whose sums do not depend on the order of rows. Not here: money (pipelines/value/money.py).
"""

from __future__ import annotations

import polars as pl

# The square of a sum of cents outgrows 64 bits; 38 digits are what every engine's DECIMAL holds.
WIDE = pl.Decimal(38, 0)


def product(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """Exact product of two whole numbers, wide enough to be summed."""
    return left.cast(WIDE) * right.cast(WIDE)
