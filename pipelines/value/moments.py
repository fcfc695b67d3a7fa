"""Sums over the customers of many groups at once, enough for the means of their money and the intervals of these.

Here: the sums of a month's groups, and the columns made of them. Not here: which groups (cohorts.py, second_order.py),
and the formula of the interval (statistics/skewed_mean.py).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.statistics.skewed_mean import ALL_ALIKE, skewed_means
from pipelines.value.facts import Ints


def moments(cell: NDArray[np.integer], cells: int, cents: Ints) -> dict[str, NDArray[Any]]:
    """By cell: customers, revenue (cents), squares and cubes of its spread (units), has_returned_more.

    Args:
        cell: of each customer, in the order of their numbers, so that sums do not depend on the order of rows.
        cells: how many there are.
        cents: of each customer.
    """
    customers = np.bincount(cell, minlength=cells)
    revenue = np.zeros(cells, dtype=np.int64)
    np.add.at(revenue, cell, cents)
    spread = cents / 100 - (revenue / np.maximum(customers, 1) / 100)[cell]
    squared = np.square(spread)
    return {
        "customers": customers,
        "revenue": revenue,
        # Without customers bincount counts in integers.
        "squares": np.bincount(cell, weights=squared, minlength=cells).astype(np.float64),
        "cubes": np.bincount(cell, weights=squared * spread, minlength=cells).astype(np.float64),
        "has_returned_more": np.bincount(cell, weights=cents < 0, minlength=cells) > 0,
    }


def with_ends(rows: pl.DataFrame, confidence: float, names: tuple[str, str, str], fewest: int) -> pl.DataFrame:
    """Rows with the columns of `moments`, and the interval of revenue per customer.

    Args:
        rows: a group each.
        confidence: of the interval.
        names: of its low end, its high end, and the reason why there is none.
        fewest: customers of a group with an interval.
    """
    low, high, reason = names
    ends = skewed_means(
        rows["customers"].to_numpy(),
        (rows["revenue"] / rows["customers"]).to_numpy() / 100,
        rows["squares"].to_numpy(),
        rows["cubes"].to_numpy(),
        confidence=confidence,
    )
    is_enough = pl.col("customers") >= fewest
    floor = pl.when(~pl.col("has_returned_more")).then(0.0)
    made = (pl.Series(end).fill_nan(None) for end in ends)
    return rows.with_columns(**dict(zip((low, high), made, strict=True))).with_columns(
        pl.when(is_enough & pl.col(low).is_not_null()).then(pl.max_horizontal(low, floor)).alias(low),
        pl.when(is_enough).then(high).alias(high),
        pl.when(~is_enough)
        .then(pl.lit(f"fewer than {fewest} customers"))
        .when(pl.col(low).is_null())
        .then(pl.lit(ALL_ALIKE.reason))
        .alias(reason),
    )
