"""value.biggest_customers: what the customers with most revenue answered.

Here: the tiers and their score. Not here: the customers' money (trailing) and the formulas of the score (nps.score).
"""

from __future__ import annotations

import polars as pl

from pipelines.periods import Span
from pipelines.settings import Settings
from pipelines.statistics import adjusted_wald, score
from pipelines.value.answered import YEAR
from pipelines.value.customer_months import Month
from pipelines.value.money import money, together
from pipelines.value.trailing import trailing
from pipelines.warehouse.tables import empty, table_schema

TABLE = "value.biggest_customers"
TOP = 100
TIERS = pl.Enum(["top_100", "top_decile", "all"])


def biggest_customers(
    orders: pl.LazyFrame, responses: pl.LazyFrame, referrals: pl.LazyFrame, *, span: Span, settings: Settings
) -> pl.DataFrame:
    """Rows of value.biggest_customers: the score of the latest answers, by what the customer spent in 365 days.

    The top decile is everyone with at least the revenue of the last customer in the first tenth, as in
    core.spend_tiers. The top 100 are the first by revenue, ties by customer_id.

    Args:
        orders: core.orders.
        responses: core.responses.
        referrals: core.referrals.
        span: the months to compute.
        settings: uses confidence.

    Returns:
        One row per month and tier with a customer who ordered in the year, by month: top_100, top_decile, all.
    """
    parts = [
        part
        for month, rows in trailing(orders, responses, referrals, span=span)
        for part in _tiers(rows.filter(pl.col("orders") > 0), month)
    ]
    if not parts:
        return empty(TABLE)
    sample = score.counts()
    low, high = adjusted_wald.interval(sample, settings.confidence)
    is_surveyed = pl.col("surveyed") > 0
    everything = pl.col("revenue").filter(pl.col("tier") == "all").first().over("month")
    return (
        together(parts)
        .with_columns(
            share_of_revenue=pl.when(everything > 0).then(pl.col("revenue") / everything),
            nps=pl.when(is_surveyed).then(score.nps(sample)),
            nps_low=pl.when(is_surveyed).then(low),
            nps_high=pl.when(is_surveyed).then(high),
        )
        .with_columns(revenue=money(pl.col("revenue")))
        .sort("month", pl.col("tier").cast(TIERS))
        .select(table_schema(TABLE).names())
    )


def _tiers(rows: pl.DataFrame, month: Month) -> list[pl.DataFrame]:
    """Counts of the month's customers in each tier."""
    tenth = (rows.height + 9) // 10
    from_revenue = rows["revenue"].sort(descending=True).slice(tenth - 1, 1)
    members = {
        "top_100": rows.sort(["revenue", "customer_id"], descending=[True, False]).head(TOP),
        "top_decile": rows.filter(pl.col("revenue") >= from_revenue.first()) if rows.height else rows,
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
