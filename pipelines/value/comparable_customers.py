"""Promoters and passives against detractors, among customers alike at their answer.

Here: what customers are adjusted for. Not here: the regression (statistics/adjusted_difference.py), the customers
(answered.py), or the table (promoter_value.py).
"""

from __future__ import annotations

import polars as pl

from pipelines.statistics import adjusted_difference
from pipelines.statistics.adjusted_difference import Difference

REFERENCE = "detractor"
COMPARED = ("promoter", "passive")
FACTORS = ("country", "product_category")
# As logarithms, since they spread over orders of magnitude.
NUMERIC = (
    pl.col("tenure_days").clip(lower_bound=0).log1p().alias("tenure_days"),
    pl.col("orders_before").clip(lower_bound=0).log1p().alias("orders_before"),
    (pl.col("cents_before").clip(lower_bound=0) * 0.01).log1p().alias("money_before"),
)


def differences(rows: pl.DataFrame, outcome: str, *, confidence: float, adjust: bool) -> dict[str, Difference]:
    """Differences to detractors in a column, by category: raw, or adjusted for the customer's state at the answer.

    Args:
        rows: frame of answered.answered, in its order.
        outcome: name of the column compared, in any unit.
        confidence: level of the interval.
        adjust: whether to adjust for NUMERIC and FACTORS.

    Returns:
        For promoters and passives, as adjusted_difference.differences.
    """
    return adjusted_difference.differences(
        rows,
        outcome,
        group="category",
        reference=REFERENCE,
        compared=COMPARED,
        confidence=confidence,
        numeric=NUMERIC if adjust else (),
        factors=FACTORS if adjust else (),
    )
