"""value.customers: one row per month and customer, for the newest months.

Here: which months are kept, and the columns. Not here: the customer's state and what is expected of the customer
(month_end.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from pipelines.settings import Settings
from pipelines.value.money import mean, money
from pipelines.value.month_end import MonthEnd
from pipelines.value.months import business_day
from pipelines.value.reduction import Reduction
from pipelines.warehouse.tables import empty, table_schema

TABLE = "value.customers"


def reduce(end: MonthEnd) -> Iterator[pl.DataFrame]:
    """The rows of a month: what every customer had bought by its end, and what is expected of them."""
    if not _is_kept(end) or not end.people.height:
        return
    last_day = pl.lit(end.month.end) - pl.duration(days=1)
    days_since = {
        name: (last_day - business_day(pl.col(instant), end.facts.clock)).dt.total_days().cast(pl.Int32)
        for name, instant in (("recency_days", "last_order_at"), ("tenure_days", "first_order_at"))
    }
    historic = money(pl.col("cents"))
    columns = {
        "month": pl.lit(end.month.start),
        "category": pl.col("category").cast(pl.String),
        "revenue": money(pl.col("revenue")),
        "average_order_value": money(mean(pl.col("revenue"), pl.col("orders"))),
        "historic_value": historic,
        "lifetime_value": historic.cast(pl.Float64) + pl.col("predicted_value"),
        **days_since,
    }
    rows = end.valued.with_columns(end.facts.names.gather(end.people["customer_id"]))
    yield rows.select(**{name: columns.get(name, pl.col(name)) for name in table_schema(TABLE).names()})


def finish(months: Sequence[pl.DataFrame], _settings: Settings) -> pl.DataFrame:
    """Rows of value.customers; only the newest NORTHSTAR_CUSTOMER_MONTHS months have rows, the open one included.

    Returns:
        One row per month and customer with an order that counts, by month and customer_id.
    """
    return pl.concat([empty(TABLE), *months])


def _is_kept(end: MonthEnd) -> bool:
    """Whether the month is one of the newest; 0 keeps all."""
    open_month, months = end.facts.clock.open_month, end.settings.customer_months
    return months == 0 or end.month.number > open_month.year * 12 + open_month.month - 1 - months


customers = Reduction(("orders", "responses", "models"), reduce, finish)
