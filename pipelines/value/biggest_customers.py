"""value.biggest_customers: what the customers with most revenue answered.

Here: the tiers and their score. Not here: the customers' money (month_end.py) and the formulas of the score
(statistics/score.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from pipelines.settings import Settings
from pipelines.statistics import adjusted_wald, score
from pipelines.statistics.own_point import is_reliable
from pipelines.value.answered import YEAR
from pipelines.value.money import money, together
from pipelines.value.month_end import MonthEnd
from pipelines.value.months import Month
from pipelines.value.reduction import Reduction
from pipelines.warehouse.tables import empty, table_schema

TABLE = "value.biggest_customers"
TOP = 100
TIERS = pl.Enum(["top_100", "top_decile", "all"])


def reduce(end: MonthEnd) -> Iterator[pl.DataFrame]:
    """Counts of a month's customers in each tier."""
    customers = end.trailing.filter(pl.col("orders") > 0)
    if customers.height:
        yield from _tiers(customers, end.month)


def finish(months: Sequence[pl.DataFrame], settings: Settings) -> pl.DataFrame:
    """Rows of value.biggest_customers: the score of the latest answers, by what the customer spent in 365 days.

    The top decile is everyone with at least the revenue of the last customer in the first tenth, as in
    core.spend_tiers. The top 100 are the first by revenue, ties by customer_id.

    Returns:
        One row per month and tier with a customer who ordered in the year, by month: top_100, top_decile, all.
    """
    if not months:
        return empty(TABLE)
    sample = score.counts()
    low, high = adjusted_wald.interval(sample, settings.confidence)
    is_surveyed = pl.col("surveyed") > 0
    everything = pl.col("revenue").filter(pl.col("tier") == "all").first().over("month")
    return (
        together(months)
        .with_columns(
            share_of_revenue=pl.when(everything > 0).then(pl.col("revenue") / everything),
            nps=pl.when(is_surveyed).then(score.nps(sample)),
            nps_low=pl.when(is_surveyed).then(low),
            nps_high=pl.when(is_surveyed).then(high),
            is_reliable=is_reliable(pl.col("surveyed"), settings.min_responses),
        )
        .with_columns(revenue=money(pl.col("revenue")))
        .sort("month", pl.col("tier").cast(TIERS))
        .select(table_schema(TABLE).names())
    )


biggest_customers = Reduction(("orders", "responses", "referrals"), reduce, finish)


def _tiers(rows: pl.DataFrame, month: Month) -> list[pl.DataFrame]:
    """Counts of the month's customers in each tier."""
    tenth = (rows.height + 9) // 10
    from_revenue = rows["revenue"].sort(descending=True).slice(tenth - 1, 1)
    members = {
        "top_100": rows.sort(["revenue", "customer_id"], descending=[True, False]).head(TOP),
        "top_decile": rows.filter(pl.col("revenue") >= from_revenue.first()),
        "all": rows,
    }
    return [
        part.group_by(
            month=pl.lit(month.start),
            tier=pl.lit(tier),
            period_start=pl.lit(month.end) - YEAR,
            period_end=pl.lit(month.end),
        ).agg(
            customers=pl.len().cast(pl.Int64),
            revenue=pl.col("revenue").sum(),
            surveyed=pl.col("category").count().cast(pl.Int64),
            **{
                f"{name}s": (pl.col("category") == name).sum().cast(pl.Int64)
                for name in ("promoter", "passive", "detractor")
            },
        )
        for tier, part in members.items()
    ]
