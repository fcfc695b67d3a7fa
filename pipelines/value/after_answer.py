"""value.after_answer: what customers spent and brought in the year after their answer, by score and category.

Here: the means and their interval. Not here: which customers count and what they bought (answered.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from pipelines.settings import Settings
from pipelines.statistics.skewed_mean import skewed_mean_interval
from pipelines.value.facts import ORDERED
from pipelines.value.money import mean, money, together
from pipelines.value.month_end import MonthEnd
from pipelines.value.reduction import Reduction
from pipelines.warehouse.tables import empty, table_schema

TABLE = "value.after_answer"


def reduce(end: MonthEnd) -> Iterator[pl.DataFrame]:
    """Sums and intervals of each category and score of a month."""
    if end.answered.height:
        yield _lines(end.answered, end.settings.confidence).with_columns(month=pl.lit(end.month.start))


def finish(months: Sequence[pl.DataFrame], _settings: Settings) -> pl.DataFrame:
    """Rows of value.after_answer: means per customer over the 365 days after the answer.

    Returns:
        One row per month, category and score given, and one per month and category with score null; by month, promoters
        first, the row of the category before those of its scores.
    """
    if not months:
        return empty(TABLE)
    customers = pl.col("customers")
    return (
        together(months)
        .sort("month", pl.col("category").cast(ORDERED), "score", nulls_last=False)
        .select(
            "month",
            "category",
            "score",
            "customers",
            "revenue_low",
            "revenue_high",
            "revenue_reason",
            revenue_12m=money(mean(pl.col("revenue"), customers)),
            orders_12m=pl.col("orders") / customers,
            referred_customers_12m=pl.col("referred") / customers,
            referral_revenue_12m=money(mean(pl.col("referral_revenue"), customers)),
        )
        .select(table_schema(TABLE).names())
    )


after_answer = Reduction(("orders", "responses", "referrals"), reduce, finish)


def _lines(rows: pl.DataFrame, confidence: float) -> pl.DataFrame:
    """Sums over the customers of each category and score, and of each category, with the interval of mean revenue."""
    totals = [
        pl.len().cast(pl.Int64).alias("customers"),
        pl.col("revenue", "orders", "referred", "referral_revenue").sum(),
    ]
    rows = rows.with_columns(pl.col("category").cast(pl.String))
    schema = table_schema(TABLE, ("category", "score", "revenue_low", "revenue_high", "revenue_reason"))
    lines = []
    for both in (rows.with_columns(score=pl.lit(None, dtype=pl.Int8)), rows):
        parts = both.partition_by("category", "score", as_dict=True)
        ends = {
            key: skewed_mean_interval(part["revenue"].to_numpy() * 0.01, confidence=confidence)
            for key, part in parts.items()
        }
        intervals = pl.DataFrame([(*key, *interval) for key, interval in ends.items()], schema=schema, orient="row")
        sums = both.group_by("category", "score").agg(totals)
        lines.append(sums.join(intervals, on=["category", "score"], nulls_equal=True))
    return pl.concat(lines)
