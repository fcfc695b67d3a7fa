"""value.customers: one row per month and customer, for the newest months.

Here: which months are kept, and the columns. Not here: the customer's state and what is expected of the customer
(month_end.py), and how uncertain that is (outlook.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from pipelines.settings import Settings
from pipelines.value.money import mean, money
from pipelines.value.month_end import MonthEnd, horizon_weeks
from pipelines.value.months import business_day
from pipelines.value.outlook import LEVELS, outlook
from pipelines.value.reduction import Reduction
from pipelines.warehouse.tables import empty, table_schema

TABLE = "value.customers"
MONTHS_A_YEAR = 12


def reduce(end: MonthEnd) -> Iterator[pl.DataFrame]:
    """The rows of a month: what every customer had bought by its end, and what is expected of them."""
    # Of an earlier end, the year that calibrates a later month.
    _ = end.year_ahead
    if not end.is_wanted or not _is_kept(end) or not end.people.height:
        return
    last_day = pl.lit(end.month.end) - pl.duration(days=1)
    days_since = {
        name: (last_day - business_day(pl.col(instant), end.facts.clock)).dt.total_days().cast(pl.Int32)
        for name, instant in (("recency_days", "last_order_at"), ("tenure_days", "first_order_at"))
    }
    historic = money(pl.col("cents"))
    weeks = horizon_weeks(end.settings.horizon_months)
    # The money of the quantiles is discounted as that expected is, on average.
    later = pl.when(pl.col("expected_orders") > 0).then(pl.col("discounted_orders") / pl.col("expected_orders"))
    an_order = pl.col("expected_order_value") * later.fill_null(1.0)
    columns = {
        "month": pl.lit(end.month.start),
        "category": pl.col("category").cast(pl.String),
        "revenue": money(pl.col("revenue")),
        "average_order_value": money(mean(pl.col("revenue"), pl.col("orders"))),
        "historic_value": historic,
        "lifetime_value": historic.cast(pl.Float64) + pl.col("predicted_value"),
        **days_since,
        **{f"value_{name}": (pl.col(f"sums_{name}") * an_order).round(2) for name in LEVELS},
    }
    names = end.facts.names.gather(end.people["customer_id"])
    rows = end.valued.with_columns(names, *outlook(end.base, end.off, weeks=float(weeks)))
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


customers = Reduction(("orders", "responses", "models"), reduce, finish, held_out=(MONTHS_A_YEAR,), also_open=True)
