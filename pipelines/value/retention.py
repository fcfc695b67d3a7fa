"""value.retention: what keeping a few more customers would be worth to this shop.

Here: the yearly retention rate and the arithmetic of the multiple. Not here: the customer-base models, and any claim
that retention can be raised.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from pipelines.settings import Settings
from pipelines.value.customer_months import marked
from pipelines.value.money import mean, money
from pipelines.value.month_end import MonthEnd
from pipelines.value.reduction import Reduction
from pipelines.warehouse.tables import empty, table_schema

YEAR = 365
# Percentage points added to the rate.
GAINS = (0, 1, 2, 5, 10)
TABLE = "value.retention"


def reduce(end: MonthEnd) -> Iterator[pl.DataFrame]:
    """Customers of the earlier year, those of them who bought again, and customers and cents of the last year."""
    days, last, number = end.facts.days, end.month.last_day, end.month.number
    recent, earlier = (days.of_days(until - YEAR + 1, until + 1, number) for until in (last, last - YEAR))
    people = end.facts.people
    again, before = (marked(days.customer[rows[days.orders[rows] > 0]], people) for rows in (recent, earlier))
    if before.any():
        yield pl.DataFrame(
            {
                "month": [end.month.start],
                "customers": [int(before.sum())],
                "retained": [int((again & before).sum())],
                "active": [int(again.sum())],
                "cents": [int(days.cents[recent].sum())],
            }
        )


def finish(months: Sequence[pl.DataFrame], settings: Settings) -> pl.DataFrame:
    """Rows of value.retention: the multiple r / (1 + d - r) of a year's value, at the shop's rate and at higher ones.

    The rate r is the share of the customers of the 365 days before the last 365 who bought again in the last 365; d is
    the discount rate; a year's value is the mean money in the last 365 days of the customers who bought in them.

    Returns:
        One row per month and gain in points, by month; none for months without customers in the earlier 365 days, nor
        for gains that lift the rate above 1.
    """
    if not months:
        return empty(TABLE)
    counted = pl.concat(months)
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


retention = Reduction(("orders",), reduce, finish)
