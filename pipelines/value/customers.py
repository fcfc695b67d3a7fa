"""value.customers: one row per month and customer, for the newest months.

Here: which months are kept and what a customer's row says. Not here: how the state came about (customer_months), and
predictions.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.periods import Span, Window
from pipelines.settings import Settings
from pipelines.value.customer_months import business_day, customer_months
from pipelines.value.money import MONEY, mean, money

SCHEMA = pl.Schema(
    {
        "month": pl.Date(),
        "customer_id": pl.String(),
        "category": pl.String(),
        "orders": pl.Int64(),
        "revenue": MONEY,
        "average_order_value": MONEY,
        "first_order_at": pl.Datetime("us", "UTC"),
        "last_order_at": pl.Datetime("us", "UTC"),
        "recency_days": pl.Int32(),
        "tenure_days": pl.Int32(),
        "probability_alive": pl.Float64(),
        "expected_orders": pl.Float64(),
        "expected_order_value": pl.Float64(),
        "predicted_value": pl.Float64(),
        "historic_value": MONEY,
        "lifetime_value": pl.Float64(),
    }
)
PREDICTED = ("probability_alive", "expected_orders", "expected_order_value", "predicted_value", "lifetime_value")


def customers(orders: pl.LazyFrame, responses: pl.LazyFrame, *, span: Span, settings: Settings) -> pl.DataFrame:
    """Rows of value.customers: what every customer had bought by the month's end.

    Only the newest `settings.customer_months` months, counted back from the clock's open month, have rows; 0 keeps
    all. The columns of the customer-base model are empty.

    Args:
        orders: core.orders.
        responses: core.responses.
        span: the months to compute.
        settings: uses customer_months.

    Returns:
        One row per month and customer with an order that counts, by month and customer_id.
    """
    kept = _kept(span, months=settings.customer_months)
    if kept is None:
        return SCHEMA.to_frame()
    told = pl.col("month_end") - pl.duration(days=1)
    days_since = {
        name: (told - business_day(pl.col(instant), span.clock)).dt.total_days().cast(pl.Int32)
        for name, instant in (("recency_days", "last_order_at"), ("tenure_days", "first_order_at"))
    }
    columns = {
        "revenue": money(pl.col("cents")),
        "average_order_value": money(mean(pl.col("cents"), pl.col("orders"))),
        "historic_value": money(pl.col("cents")),
        **days_since,
    }
    empty = {name: pl.lit(None, dtype=SCHEMA[name]) for name in PREDICTED}
    chunks = [
        chunk.with_columns(**columns, **empty).select(SCHEMA.names()).collect(engine="streaming")
        for chunk in customer_months(orders, responses, span=kept)
    ]
    return pl.concat([SCHEMA.to_frame(), *chunks]).sort("month", "customer_id")


def _kept(span: Span, *, months: int) -> Span | None:
    """The part of the span within the newest months; None if there is none."""
    if months == 0:
        return span
    newest = span.clock.open_month
    number = newest.year * 12 + newest.month - months
    # A number of months that reaches before year 1 keeps all.
    oldest = date(number // 12, number % 12 + 1, 1) if number >= 12 else date.min
    start = max(span.months.start, oldest)
    return Span(Window(start, span.months.end), span.clock) if start < span.months.end else None
