"""value.by_category: customers by the category of their latest answer, their revenue so far and their expected value.

Here: the means, shares and intervals of each category. Not here: the single customers (valuation).
"""

from __future__ import annotations

from typing import Any

import polars as pl

from pipelines.periods import Span
from pipelines.settings import Settings
from pipelines.statistics.skewed_mean import skewed_mean_interval
from pipelines.value.customer_base import total
from pipelines.value.customer_months import ORDERED, category_sums
from pipelines.value.money import mean, money, together
from pipelines.value.valuation import valued_customers
from pipelines.warehouse.tables import empty, table_schema

TABLE = "value.by_category"
MEANS = (
    "historic_value_low",
    "historic_value_high",
    "predicted_value",
    "lifetime_value",
    "lifetime_value_low",
    "lifetime_value_high",
)


def by_category(
    orders: pl.LazyFrame,
    responses: pl.LazyFrame,
    models: pl.LazyFrame | None = None,
    *,
    span: Span,
    settings: Settings,
) -> pl.DataFrame:
    """Rows of value.by_category: the number of customers in each category, their revenue so far and expected value.

    Args:
        orders: core.orders.
        responses: core.responses.
        models: value.models, to reuse its fits (see customer_base).
        span: the months to compute.
        settings: uses confidence, horizon_months, discount_rate and margins.

    Returns:
        One row per month and category with a customer, by month, promoters first.
    """
    chunks = [
        _month(customers, confidence=settings.confidence)
        for customers in valued_customers(orders, responses, models, span=span, settings=settings)
    ]
    if not chunks:
        return empty(TABLE)
    customers, revenue = pl.col("customers"), pl.col("revenue")
    all_revenue = revenue.sum().over("month")
    return (
        together(chunks)
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
            predicted_value="predicted_value",
            lifetime_value="lifetime_value",
            lifetime_value_low="lifetime_value_low",
            lifetime_value_high="lifetime_value_high",
            share_of_customers=customers / customers.sum().over("month"),
            # Where refunds exceed revenue, a share is undefined.
            share_of_revenue=pl.when(all_revenue > 0).then(revenue / all_revenue),
        )
    )


def _month(customers: pl.DataFrame, *, confidence: float) -> pl.DataFrame:
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
            ends = skewed_mean_interval(group[name].to_numpy(), confidence=confidence)
            row[f"{name}_low"], row[f"{name}_high"] = ends or (None, None)
        rows.append(row)
    figures = pl.DataFrame(rows, schema=table_schema(TABLE, ("category", *MEANS)))
    return category_sums(customers.lazy()).collect().join(figures, on="category")
