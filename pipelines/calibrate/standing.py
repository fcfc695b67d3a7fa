"""The score of groups by recency, frequency and money, in a large shop that is cut where a small one is.

Here: where a shop's customers stand in its last month, and what the large shop says of a small one's groups. Not here:
the groups themselves (pipelines/value/rfm_state.py). A group is a place among a shop's own customers: its edges differ
from shop to shop, and with as few different numbers of orders as there are a whole number of orders changes its group.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from pipelines.rfm_groups import MEASURES, QUINTILES
from pipelines.settings import Settings
from pipelines.value.facts import CATEGORIES
from pipelines.value.month_end import MonthEnd
from pipelines.value.reduction import Reduction
from pipelines.value.rfm_state import quintile_columns

SURVEYED = [CATEGORIES.index(name) for name in ("promoter", "passive", "detractor")]
SIGNS = {SURVEYED[0]: 100.0, SURVEYED[1]: 0.0, SURVEYED[2]: -100.0}


def reduce(end: MonthEnd) -> Iterator[pl.DataFrame]:
    """The customers of the year: recency (day), frequency, money (cents), cell, category (place in CATEGORIES)."""
    rfm = end.rfm
    if not len(rfm.customers):
        return
    base = end.base
    place = np.searchsorted(base.customers["customer_id"].to_numpy(), rfm.customers)
    yield pl.DataFrame(
        {
            "recency": rfm.last,
            "frequency": rfm.orders,
            "money": rfm.revenue,
            "cell": rfm.cell,
            "category": base.customers["category"].to_physical().to_numpy()[place],
        }
    )


def finish(months: Sequence[pl.DataFrame], settings: Settings) -> pl.DataFrame:  # noqa: ARG001 (all reductions take it)
    """The customers of the last month."""
    return months[-1]


standing = Reduction(("orders", "responses", "models"), reduce, finish)


def by_edges(large: pl.DataFrame, small: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """The score of the large shop's customers in each group and combination of quintiles, by the small shop's edges.

    Args:
        large: customers of the large shop, as `standing` gives them.
        small: those of a small shop.
        settings: the names of groups.

    Returns:
        rfm_group, the three quintiles (NULL for the group), truth in points.
    """
    quintiles = small.select(**quintile_columns(pl.col("cell")))
    cell = np.zeros(large.height, dtype=np.int64)
    for measure in MEASURES:
        place = quintiles[f"{measure}_quintile"]
        values = small[measure]
        least = [values.filter(place >= number).min() for number in QUINTILES[1:]]
        edges = np.array([np.inf if one is None else one for one in least], dtype=np.float64)
        cell = cell * len(QUINTILES) + np.searchsorted(edges, large[measure].to_numpy(), side="right")
    names = pl.DataFrame({"rfm_group": settings.rfm_groups}).with_row_index("cell").cast({"cell": pl.Int64})
    surveyed = (
        large.with_columns(cell=pl.Series(cell))
        .filter(pl.col("category").is_in(SURVEYED))
        .with_columns(points=pl.col("category").replace_strict(SIGNS, return_dtype=pl.Float64))
        .join(names, on="cell")
    )
    score = pl.col("points").mean().alias("truth")
    groups = surveyed.group_by("rfm_group").agg(score).with_columns(cell=pl.lit(None, pl.Int64))
    cells = surveyed.group_by("rfm_group", "cell").agg(score)
    return pl.concat([groups.select(cells.columns), cells]).select(
        "rfm_group", **quintile_columns(pl.col("cell")), truth="truth"
    )
