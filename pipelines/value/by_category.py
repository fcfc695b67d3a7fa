"""value.by_category: customers by the category of their latest answer, their revenue so far and their expected value.

Here: the means, shares and intervals of each category. Not here: the single customers (month_end.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from pipelines.settings import Settings
from pipelines.statistics.skewed_mean import skewed_mean_interval
from pipelines.value.customer_base import total
from pipelines.value.customer_months import category_sums
from pipelines.value.facts import ORDERED
from pipelines.value.money import mean, money, together
from pipelines.value.month_end import MonthEnd
from pipelines.value.reduction import Reduction
from pipelines.warehouse.tables import empty, table_schema

TABLE = "value.by_category"
MEANS = (
    "historic_value_low",
    "historic_value_high",
    "historic_value_reason",
    "predicted_value",
    "lifetime_value",
    "lifetime_value_low",
    "lifetime_value_high",
    "lifetime_value_reason",
)


def reduce(end: MonthEnd) -> Iterator[pl.DataFrame]:
    """Sums, means and intervals of each category of a month."""
    if end.people.height:
        yield _month(end.valued, end.settings).with_columns(month=pl.lit(end.month.start))


def finish(months: Sequence[pl.DataFrame], _settings: Settings) -> pl.DataFrame:
    """Rows of value.by_category: the number of customers in each category, their revenue so far and expected value.

    Returns:
        One row per month and category with a customer, by month, promoters first.
    """
    if not months:
        return empty(TABLE)
    customers, revenue = pl.col("customers"), pl.col("revenue")
    all_revenue = revenue.sum().over("month")
    return (
        together(months)
        .sort("month", pl.col("category").cast(ORDERED))
        .select(
            "month",
            "category",
            "customers",
            responses="answers",
            orders_per_customer=pl.col("orders") / customers,
            average_order_value=money(mean(revenue, pl.col("orders"))),
            historic_value=money(mean(pl.col("cents"), customers)),
            historic_value_low="historic_value_low",
            historic_value_high="historic_value_high",
            historic_value_reason="historic_value_reason",
            predicted_value="predicted_value",
            lifetime_value="lifetime_value",
            lifetime_value_low="lifetime_value_low",
            lifetime_value_high="lifetime_value_high",
            lifetime_value_reason="lifetime_value_reason",
            share_of_customers=customers / customers.sum().over("month"),
            # Where refunds exceed revenue, a share is undefined.
            share_of_revenue=pl.when(all_revenue > 0).then(revenue / all_revenue),
        )
    )


by_category = Reduction(("orders", "responses", "models"), reduce, finish)


def _month(customers: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Sums, means and intervals of each category of a month."""
    valued = customers.select(
        "category", "predicted_value", historic_value=pl.col("cents").cast(pl.Float64) * 0.01
    ).with_columns(lifetime_value=pl.col("historic_value") + pl.col("predicted_value"))
    rows: list[dict[str, Any]] = []
    for (category,), group in valued.partition_by("category", as_dict=True).items():
        row: dict[str, Any] = {"category": category}
        for name in ("predicted_value", "lifetime_value"):
            row[name] = total(group[name]) / group.height
        for name in ("historic_value", "lifetime_value"):
            ends = skewed_mean_interval(
                group[name].to_numpy(), confidence=settings.confidence, can_be_negative=bool(settings.margins)
            )
            row |= {f"{name}_{part}": value for part, value in ends._asdict().items()}
        rows.append(row)
    figures = pl.DataFrame(rows, schema=table_schema(TABLE, ("category", *MEANS)))
    return category_sums(customers).with_columns(pl.col("category").cast(pl.String)).join(figures, on="category")
