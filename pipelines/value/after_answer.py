"""value.after_answer: what customers spent and brought in the year after their answer, by score and category.

Here: the means and their interval. Not here: which customers count and what they bought (answered).
"""

from __future__ import annotations

import polars as pl

from pipelines.periods import Span
from pipelines.settings import Settings
from pipelines.statistics.skewed_mean import skewed_mean_interval
from pipelines.value.answered import answered
from pipelines.value.customer_months import ORDERED
from pipelines.value.money import mean, money, together
from pipelines.warehouse.tables import empty, table_schema

TABLE = "value.after_answer"


def after_answer(
    orders: pl.LazyFrame, responses: pl.LazyFrame, referrals: pl.LazyFrame, *, span: Span, settings: Settings
) -> pl.DataFrame:
    """Rows of value.after_answer: means per customer over the 365 days after the answer.

    Args:
        orders: core.orders.
        responses: core.responses.
        referrals: core.referrals.
        span: the months to compute.
        settings: uses confidence.

    Returns:
        One row per month, category and score given, and one per month and category with score null; by month, promoters
        first, the row of the category before those of its scores.
    """
    lines = [
        _lines(rows, settings.confidence).with_columns(month=pl.lit(month.start))
        for month, rows in answered(orders, responses, referrals, span=span)
    ]
    if not lines:
        return empty(TABLE)
    customers = pl.col("customers")
    return (
        together(lines)
        .sort("month", pl.col("category").cast(ORDERED), "score", nulls_last=False)
        .select(
            "month",
            "category",
            "score",
            "customers",
            "revenue_low",
            "revenue_high",
            revenue_12m=money(mean(pl.col("revenue"), customers)),
            orders_12m=pl.col("orders") / customers,
            referred_customers_12m=pl.col("referred") / customers,
            referral_revenue_12m=money(mean(pl.col("referral_revenue"), customers)),
        )
        .select(table_schema(TABLE).names())
    )


def _lines(rows: pl.DataFrame, confidence: float) -> pl.DataFrame:
    """Sums over the customers of each category and score, and of each category, with the interval of mean revenue."""
    totals = [
        pl.len().cast(pl.Int64).alias("customers"),
        pl.col("revenue", "orders", "referred", "referral_revenue").sum(),
    ]
    schema = table_schema(TABLE, ("category", "score", "revenue_low", "revenue_high"))
    lines = []
    for both in (rows.with_columns(score=pl.lit(None, dtype=pl.Int8)), rows):
        parts = both.partition_by("category", "score", as_dict=True)
        ends = {
            key: skewed_mean_interval(part["revenue"].to_numpy() * 0.01, confidence=confidence) or (None, None)
            for key, part in parts.items()
        }
        intervals = pl.DataFrame([(*key, *pair) for key, pair in ends.items()], schema=schema, orient="row")
        sums = both.group_by("category", "score").agg(totals)
        lines.append(sums.join(intervals, on=["category", "score"], nulls_equal=True))
    return pl.concat(lines)
