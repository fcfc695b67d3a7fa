"""value.retention: what keeping a few more customers would be worth to this shop.

Here: the yearly retention rate and the arithmetic of the multiple. Not here: the customer-base models, and any claim
that retention can be raised.
"""

from __future__ import annotations

import polars as pl

from pipelines.periods import Span
from pipelines.settings import Settings
from pipelines.value.customer_months import Month, months_of
from pipelines.value.money import mean, money
from pipelines.value.purchases import as_of_day, daily_totals, purchase_days
from pipelines.warehouse.tables import empty, table_schema

YEAR = 365
# Percentage points added to the rate.
GAINS = (0, 1, 2, 5, 10)
TABLE = "value.retention"


def retention(orders: pl.LazyFrame, *, span: Span, settings: Settings) -> pl.DataFrame:
    """Rows of value.retention: the multiple r / (1 + d - r) of a year's value, at the shop's rate and at higher ones.

    The rate r is the share of the customers of the 365 days before the last 365 who bought again in the last 365; d is
    the discount rate; a year's value is the mean money in the last 365 days of the customers who bought in them.

    Args:
        orders: core.orders.
        span: the months to compute.
        settings: uses discount_rate and margins.

    Returns:
        One row per month and gain in points, by month; none for months without customers in the earlier 365 days, nor
        for gains that lift the rate above 1.
    """
    days = purchase_days(orders, clock=span.clock, margins=settings.margins).collect(engine="streaming").lazy()
    months = [_month(days, month) for month in months_of(span)]
    if not months:
        return empty(TABLE)
    counted = pl.concat(months).collect(engine="streaming").filter(pl.col("customers") > 0)
    gain = pl.col("gain_points").cast(pl.Float64)
    rate = pl.col("retained") / pl.col("customers") + gain * 0.01
    multiple = pl.col("retention_rate") / (pl.lit(1 + settings.discount_rate) - pl.col("retention_rate"))
    now = pl.col("multiple").filter(pl.col("gain_points") == 0).first().over("month")
    return (
        counted.join(pl.DataFrame({"gain_points": GAINS}, schema={"gain_points": pl.Int32}), how="cross")
        .with_columns(retention_rate=rate)
        .filter(pl.col("retention_rate") <= 1)
        .with_columns(
            multiple=pl.when(multiple.is_finite()).then(multiple),
            # Undefined in a year without a customer.
            yearly_value=pl.when(pl.col("active") > 0).then(
                money(mean(pl.col("cents"), pl.max_horizontal("active", pl.lit(1, dtype=pl.Int64))))
            ),
        )
        .with_columns(
            retained_value=pl.col("multiple") * pl.col("yearly_value").cast(pl.Float64),
            change=pl.when(now > 0).then(pl.col("multiple") / now - 1.0),
        )
        .sort("month", "gain_points")
        .select(table_schema(TABLE).names())
    )


def _month(days: pl.LazyFrame, month: Month) -> pl.LazyFrame:
    """Customers of the earlier year, those of them who bought again, and customers and cents of the last year."""
    last = as_of_day(month) - YEAR
    recent, ordered = pl.col("day") > last, pl.col("orders") > 0
    return (
        daily_totals(days, month)
        .filter(pl.col("day") > last - YEAR)
        .group_by("customer_id")
        .agg(
            (ordered & ~recent).any().alias("before"),
            (ordered & recent).any().alias("again"),
            pl.col("cents").filter(recent).sum(),
        )
        .select(
            month=pl.lit(month.start),
            customers=pl.col("before").sum().cast(pl.Int64),
            retained=(pl.col("before") & pl.col("again")).sum().cast(pl.Int64),
            active=pl.col("again").sum().cast(pl.Int64),
            cents=pl.col("cents").sum(),
        )
    )
