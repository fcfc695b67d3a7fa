"""value.customers: one row per month and customer, for the newest months.

Here: which months are kept, and the columns. Not here: the customer's state (customer_months) and what is expected of
the customer (valuation).
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.periods import Span, Window
from pipelines.settings import Settings
from pipelines.value.customer_months import business_day
from pipelines.value.money import mean, money
from pipelines.value.valuation import valued_customers
from pipelines.warehouse.tables import empty, table_schema

TABLE = "value.customers"


def customers(
    orders: pl.LazyFrame,
    responses: pl.LazyFrame,
    models: pl.LazyFrame | None = None,
    *,
    span: Span,
    settings: Settings,
) -> pl.DataFrame:
    """Rows of value.customers: what every customer had bought by the month's end, and what is expected of them.

    Only the newest `settings.customer_months` months have rows, the clock's open month included; 0 keeps all.

    Args:
        orders: core.orders.
        responses: core.responses.
        models: value.models, to reuse its fits (see customer_base).
        span: the months to compute.
        settings: uses customer_months, horizon_months, discount_rate and margins.

    Returns:
        One row per month and customer with an order that counts, by month and customer_id.
    """
    newest = _newest(span, months=settings.customer_months)
    if newest is None:
        return empty(TABLE)
    last_day = pl.col("month_end") - pl.duration(days=1)
    days_since = {
        name: (last_day - business_day(pl.col(instant), span.clock)).dt.total_days().cast(pl.Int32)
        for name, instant in (("recency_days", "last_order_at"), ("tenure_days", "first_order_at"))
    }
    historic = money(pl.col("cents"))
    columns = {
        "revenue": money(pl.col("revenue")),
        "average_order_value": money(mean(pl.col("revenue"), pl.col("orders"))),
        "historic_value": historic,
        "lifetime_value": historic.cast(pl.Float64) + pl.col("predicted_value"),
        **days_since,
    }
    chunks = [
        chunk.select(**{name: columns.get(name, pl.col(name)) for name in table_schema(TABLE).names()})
        for chunk in valued_customers(orders, responses, models, span=newest, settings=settings)
    ]
    return pl.concat([empty(TABLE), *chunks])


def _newest(span: Span, *, months: int) -> Span | None:
    """The part of the span within the newest months; None if there is none."""
    if months == 0:
        return span
    open_month = span.clock.open_month
    number = open_month.year * 12 + open_month.month - months
    # More months than the calendar has keep all.
    oldest = date(number // 12, number % 12 + 1, 1) if number >= 12 else date.min
    start = max(span.months.start, oldest)
    return Span(Window(start, span.months.end), span.clock) if start < span.months.end else None
