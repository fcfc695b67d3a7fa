"""value.rfm: customers by how recently, how often and for how much they bought.

Here: the counts, score and churn of each combination of quintiles and of each group. Not here: the quintiles
(rfm_state.py), the names of groups (pipelines/rfm_groups.py) and the formulas of the score (statistics).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from pipelines.settings import Settings
from pipelines.statistics import adjusted_wald, score
from pipelines.statistics.odds_shift import shifted
from pipelines.statistics.own_point import is_reliable
from pipelines.statistics.pooling import pooled_scores
from pipelines.statistics.score import COUNTS
from pipelines.value.facts import CATEGORIES
from pipelines.value.money import money, together
from pipelines.value.month_end import MonthEnd
from pipelines.value.reduction import Reduction
from pipelines.value.rfm_state import quintile_columns
from pipelines.value.year_ahead import silent
from pipelines.warehouse.tables import empty, table_schema

TABLE = "value.rfm"
SURVEYED = ("promoter", "passive", "detractor")


def reduce(end: MonthEnd) -> Iterator[pl.DataFrame]:
    """Sums of a month's customers in each combination of quintiles."""
    rfm = end.rfm
    if not len(rfm.customers):
        # Without an order there is nothing to fit a model to.
        return
    base = end.base
    # The customers of the year are among those of the model, whose numbers grow too.
    place = np.searchsorted(base.customers["customer_id"].to_numpy(), rfm.customers)
    category = base.customers["category"].to_physical().to_numpy()[place]
    leaving = shifted(silent(base)[base.triples.of_customer[place]], end.off[category])
    yield (
        pl.DataFrame({"cell": rfm.cell, "revenue": rfm.revenue, "category": category, "leaving": leaving})
        .group_by("cell")
        .agg(
            pl.col("revenue").sum(),
            pl.col("leaving").sum(),
            customers=pl.len().cast(pl.Int64),
            **{f"{name}s": (pl.col("category") == CATEGORIES.index(name)).sum().cast(pl.Int64) for name in SURVEYED},
        )
        .sort("cell")
        .with_columns(month=pl.lit(end.month.start))
    )


def finish(months: Sequence[pl.DataFrame], settings: Settings) -> pl.DataFrame:
    """Rows of value.rfm: each group, with quintiles NULL, and each combination of quintiles with a customer.

    The score is of the customers' latest answers. Groups, and combinations, of a month are pooled among themselves.

    Returns:
        One row per month and group, and one per month and combination of quintiles.
    """
    if not months:
        return empty(TABLE)
    names = pl.DataFrame({"rfm_group": settings.rfm_groups}).with_row_index("cell").cast({"cell": pl.Int64})
    cells = together(months).join(names, on="cell")
    sums = pl.col("customers", "revenue", "leaving", *COUNTS).sum()
    groups = cells.group_by("month", "rfm_group").agg(sums).with_columns(cell=pl.lit(None, pl.Int64))
    both = pl.concat([groups.select(cells.columns), cells])
    sample = score.counts()
    low, high = adjusted_wald.interval(sample, settings.confidence)
    is_surveyed = pl.col("surveyed") > 0
    return (
        both.sort("month", "rfm_group", "cell")
        .with_columns(surveyed=sample.responses, revenue=money(pl.col("revenue")))
        .with_columns(
            **quintile_columns(pl.col("cell")),
            nps=pl.when(is_surveyed).then(score.nps(sample)),
            nps_low=pl.when(is_surveyed).then(low),
            nps_high=pl.when(is_surveyed).then(high),
            is_reliable=is_reliable(pl.col("surveyed"), settings.min_responses),
            churn_probability=pl.col("leaving") / pl.col("customers"),
        )
        .pipe(_pooled, settings.confidence)
        .select(table_schema(TABLE).names())
    )


rfm = Reduction(("orders", "responses", "models"), reduce, finish)


def _pooled(rows: pl.DataFrame, confidence: float) -> pl.DataFrame:
    """The rows with their pooled scores; a family is the groups of a month, or its combinations."""
    keys = ["month", "rfm_group", "cell"]
    surveyed = rows.filter(pl.col("surveyed") > 0).sort("month", pl.col("cell").is_null(), *keys[1:])
    family = surveyed.select(pl.struct("month", pl.col("cell").is_null()).rle_id().alias("family"))
    made = pooled_scores(surveyed.select(*COUNTS).hstack(family), confidence)
    named = made.rename({"nps": "pooled_nps", "low": "pooled_low", "high": "pooled_high"})
    return rows.join(surveyed.select(keys).hstack(named), on=keys, how="left", nulls_equal=True, maintain_order="left")
