"""value.model_backtest: what a past month's model expected, against what then happened.

Here: the hold-out and its totals by decile. Not here: fitting (customer_base). Nothing is fitted for a hold-out: the
model of the earlier month's end is compared with the months after it.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.periods import Span
from pipelines.settings import Settings
from pipelines.value.customer_base import Base, bases, before, score, total
from pipelines.value.customer_months import Month, months_of
from pipelines.value.money import money
from pipelines.value.purchases import as_of_day, bought_between, purchase_days
from pipelines.warehouse.tables import empty, table_schema

HOLD_OUT_MONTHS = (3, 6, 12)
DECILES = 10
TABLE = "value.model_backtest"


def model_backtest(
    orders: pl.LazyFrame, models: pl.LazyFrame | None = None, *, span: Span, settings: Settings
) -> pl.DataFrame:
    """Rows of value.model_backtest: hold-outs of 3, 6 and 12 months that end with each closed month of the span.

    Args:
        orders: core.orders.
        models: value.models, to reuse its fits (see customer_base).
        span: the months to compute; none for the open month, nor without customers at the start of the hold-out.
        settings: uses margins.

    Returns:
        One row per month, hold-out and decile of the customers by expected orders (1 the highest), and one with decile
        0 for all. Customers with the same expectation share a decile, so deciles differ in size.
    """
    ends = {month.start: month for month in months_of(span) if month.start != span.clock.open_month}
    origins = sorted({before(month, held) for month in ends.values() for held in HOLD_OUT_MONTHS})
    days = purchase_days(orders, clock=span.clock, margins=settings.margins).collect(engine="streaming").lazy()
    fits = (empty("value.models").lazy() if models is None else models).collect()
    parts = [
        _rows(hold_out(days, base, ends[end.start]), base, end, held)
        for base in bases(days, origins, fits, clock=span.clock)
        for held in HOLD_OUT_MONTHS
        if (end := before(base.month, -held)).start in ends
    ]
    return pl.concat([empty(TABLE), *parts]).sort("month", "hold_out_months", "decile")


def hold_out(days: pl.LazyFrame, base: Base, end: Month) -> pl.DataFrame:
    """What a base's model expected of its customers until a later month's end, what they did, and a naive forecast.

    Returns:
        customer_id, expected_orders, expected_value, actual_orders, actual_cents, naive_orders (the customer's repeat
        purchases per week times the weeks; 0 for customers who first came on the last day), naive_value (those times
        the customer's own mean per repeat purchase).
    """
    weeks = (as_of_day(end) - as_of_day(base.month)) / 7
    scores = score(base, weeks={"expected_orders": weeks})
    actual = bought_between(days, base.month, end).collect(engine="streaming")
    age = pl.col("age_days").cast(pl.Float64)
    rate = pl.when(pl.col("age_days") > 0).then(pl.col("frequency") / age).otherwise(0.0)
    naive = rate * (weeks * 7)
    own_mean = pl.when(pl.col("value_orders") > 0).then(pl.col("value_cents") * 0.01 / pl.col("value_orders"))
    return scores.join(actual, on="customer_id", how="left").select(
        "customer_id",
        "expected_orders",
        expected_value=pl.col("expected_orders") * pl.col("expected_order_value"),
        actual_orders=pl.col("bought").fill_null(0),
        actual_cents=pl.col("spent").fill_null(0),
        naive_orders=naive,
        naive_value=naive * own_mean.fill_null(0.0),
    )


def _rows(held: pl.DataFrame, base: Base, end: Month, months: int) -> pl.DataFrame:
    """Totals of all customers and of each decile."""
    whole = held.with_columns(decile=pl.lit(0, dtype=pl.Int32))
    parts = [whole, *held.with_columns(decile=_deciles(held["expected_orders"])).partition_by("decile")]
    return pl.concat([_totals(part) for part in parts]).select(
        month=pl.lit(end.start),
        hold_out_months=pl.lit(months, dtype=pl.Int32),
        decile="decile",
        fitted_to=pl.lit(base.model.orders.fitted_to),
        fallback=pl.lit(base.model.orders.reason is not None or base.model.money.reason is not None),
        **{name: pl.col(name) for name in table_schema(TABLE).names()[5:]},
    )


def _deciles(expected: pl.Series) -> pl.Series:
    """Decile of each customer by expected orders, 1 the highest; equal expectations share a decile."""
    _, of_customer, count = np.unique(-expected.to_numpy(), return_inverse=True, return_counts=True)
    ahead = np.cumsum(count) - count
    return pl.Series((DECILES * ahead // len(expected) + 1)[of_customer], dtype=pl.Int32)


def _totals(part: pl.DataFrame) -> pl.DataFrame:
    sums = ("expected_orders", "expected_value", "naive_orders", "naive_value")
    errors = {"absolute_error": "expected_orders", "naive_absolute_error": "naive_orders"}
    off = {name: total((part[forecast] - part["actual_orders"]).abs()) for name, forecast in errors.items()}
    return part.select(
        pl.col("decile").first(),
        pl.len().cast(pl.Int64).alias("customers"),
        pl.col("actual_orders").sum(),
        actual_value=money(pl.col("actual_cents").sum()),
        **{name: pl.lit(total(part[name])) for name in sums},
        **{name: pl.lit(error / part.height) for name, error in off.items()},
    )
