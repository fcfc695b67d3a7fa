"""value.by_category: customers by the category of their latest answer, and what they brought.

Here: the means, shares and interval of each category. Not here: the sums they are made of (customer_months).
"""

from __future__ import annotations

import polars as pl

from pipelines.periods import Span
from pipelines.settings import Settings
from pipelines.value.customer_months import ORDERED, category_sums, customer_months
from pipelines.value.money import MONEY, mean, mean_interval, money

SCHEMA = pl.Schema(
    {
        "month": pl.Date(),
        "category": pl.String(),
        "customers": pl.Int64(),
        "responses": pl.Int64(),
        "orders_per_customer": pl.Float64(),
        "average_order_value": MONEY,
        "historic_value": MONEY,
        "historic_value_low": pl.Float64(),
        "historic_value_high": pl.Float64(),
        "predicted_value": pl.Float64(),
        "lifetime_value": pl.Float64(),
        "lifetime_value_low": pl.Float64(),
        "lifetime_value_high": pl.Float64(),
        "share_of_customers": pl.Float64(),
        "share_of_revenue": pl.Float64(),
    }
)
PREDICTED = ("predicted_value", "lifetime_value", "lifetime_value_low", "lifetime_value_high")


def by_category(orders: pl.LazyFrame, responses: pl.LazyFrame, *, span: Span, settings: Settings) -> pl.DataFrame:
    """Rows of value.by_category: how many customers each category has and what they brought, by the month's end.

    Args:
        orders: core.orders.
        responses: core.responses.
        span: the months to compute.
        settings: uses confidence.

    Returns:
        One row per month and category with a customer, by month, promoters first. The columns of the customer-base
        model are empty.
    """
    chunks = [
        category_sums(chunk).collect(engine="streaming") for chunk in customer_months(orders, responses, span=span)
    ]
    if not chunks:
        return SCHEMA.to_frame()
    customers, revenue = pl.col("customers"), pl.col("cents")
    low, high = mean_interval(revenue, pl.col("squares"), customers, confidence=settings.confidence)
    all_revenue = revenue.sum().over("month")
    return (
        pl.concat(chunks)
        .sort("month", pl.col("category").cast(ORDERED))
        .select(
            "month",
            "category",
            "customers",
            responses="answers",
            orders_per_customer=pl.col("orders") / customers,
            average_order_value=money(mean(revenue, pl.col("orders"))),
            historic_value=money(mean(revenue, customers)),
            historic_value_low=low,
            historic_value_high=high,
            **{name: pl.lit(None, dtype=SCHEMA[name]) for name in PREDICTED},
            share_of_customers=customers / customers.sum().over("month"),
            # A share of nothing, or of more given back than taken, is no share.
            share_of_revenue=pl.when(all_revenue > 0).then(revenue / all_revenue),
        )
    )
