"""Promoters and passives against detractors, among customers alike at their answer.

Here: what customers are adjusted for, and in words how strong a cause that is not recorded would have to be. Not here:
the regression (statistics/adjusted_difference.py), the customers (answered.py), or the table (promoter_value.py).
"""

from __future__ import annotations

import polars as pl

from pipelines.statistics import adjusted_difference
from pipelines.statistics.adjusted_difference import Difference
from pipelines.statistics.robustness_value import HiddenCause

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


def in_words(hidden: HiddenCause) -> str:
    """How strong a hidden cause would have to be to undo a difference, for whoever reads the table.

    >>> in_words(HiddenCause(0.1388, 0.0762, "tenure_days", 0.021))
    'undone by a cause that explains 13.9 % of what is left of both category and money, not told from zero at 7.6 %; \
one as strong as tenure explains 2.1 %'
    >>> in_words(HiddenCause(0.0112, 0.0, None, None))
    'not told from zero as it is'
    """
    if not hidden.significance:
        return "not told from zero as it is"
    words = (
        f"undone by a cause that explains {100 * hidden.value:.1f} % of what is left of both category and money, "
        f"not told from zero at {100 * hidden.significance:.1f} %"
    )
    if hidden.strongest is None or hidden.strength is None:
        return words
    name = hidden.strongest.removesuffix("_days").removesuffix("_before").replace("_", " ")
    return f"{words}; one as strong as {name} explains {100 * hidden.strength:.1f} %"
