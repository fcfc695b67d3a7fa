"""Purchase histories: what the customer-base models know of each customer at a month's end.

Here: the reduction of orders to days with a purchase and of those to frequency, recency, age and money; and what was
bought between two months' ends. Not here: models. Only filter, group-by and when/then on the big frames, and only sums
of integers, minima and maxima (see customer_months).

Several orders on a day are one purchase, on the day in the business zone. The as-of day is the last day told of. The
money of a day is that of all its orders, returns booked as orders of their own included, less what was refunded by
the month's end; a day without money above zero keeps its place in time and stays out of the mean per order.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.margins import Margins
from pipelines.periods import Clock
from pipelines.value.customer_months import Month, holds, order_rows

# Whole numbers that tell a history; all days are counted from one to another.
HISTORY = ("frequency", "recency_days", "age_days")
SPENDING = ("value_orders", "value_cents")

# First day and its money in one number, so that the least is the first day's: days, then cents moved above zero.
_DAY = 2**64
_ZERO = 2**63
# More days than a date has: of a customer's number and a day in one.
_DAYS = 2**24


def purchase_days(orders: pl.LazyFrame, *, clock: Clock, margins: Margins = ()) -> pl.LazyFrame:
    """The orders of each customer and day, and the months in which they hold; a day may have several rows.

    Columns: customer_id, day (days since 1970), start, stop (see order_rows), orders (that count), cents.
    """
    return days_of(order_rows(orders, clock=clock, margins=margins))


def days_of(bought: pl.LazyFrame) -> pl.LazyFrame:
    """The same of order_rows."""
    return bought.select("customer_id", pl.col("day").cast(pl.Int32), "start", "stop", "orders", "cents")


def histories(days: pl.LazyFrame, month: Month) -> pl.LazyFrame:
    """The history of every customer with a purchase by the month's end.

    Args:
        days: see purchase_days.
        month: the month at whose end it is told.

    Returns:
        customer_id, frequency (days with a purchase after the first), recency_days (from the first to the last of
        them), age_days (from the first to the as-of day), value_orders and value_cents (number and money of the repeat
        purchase days with money above zero), all_orders and all_cents (the same, first day included).
    """
    purchases = known(days, month).filter(pl.col("orders") > 0)
    money = pl.when(pl.col("cents") > 0).then("cents")
    first = (pl.col("day").cast(pl.Int128) * _DAY + pl.col("cents").cast(pl.Int128) + _ZERO).min()
    first_cents = (pl.col("first") % _DAY - _ZERO).cast(pl.Int64).clip(lower_bound=0)
    first_day = pl.col("day")
    return (
        purchases.group_by("customer_id")
        .agg(
            pl.len().cast(pl.Int64).alias("days"),
            pl.col("day").min(),
            pl.col("day").max().alias("last"),
            first.alias("first"),
            money.count().cast(pl.Int64).alias("all_orders"),
            money.sum().alias("all_cents"),
        )
        .select(
            "customer_id",
            frequency=pl.col("days") - 1,
            recency_days=(pl.col("last") - first_day).cast(pl.Int64),
            age_days=(pl.lit(as_of_day(month), dtype=pl.Int32) - first_day).cast(pl.Int64),
            value_orders=pl.col("all_orders") - (first_cents > 0).cast(pl.Int64),
            value_cents=pl.col("all_cents") - first_cents,
            all_orders="all_orders",
            all_cents="all_cents",
        )
    )


def bought_between(days: pl.LazyFrame, after: Month, by: Month) -> pl.LazyFrame:
    """What was bought after one month's end and by another's, as known by the later: customer_id, bought, spent.

    `bought` counts days with a purchase; `spent` is the money of all days, in cents.
    """
    return (
        known(days, by)
        .filter(pl.col("day") > as_of_day(after))
        .group_by("customer_id")
        .agg(bought=(pl.col("orders") > 0).sum().cast(pl.Int64), spent=pl.col("cents").sum())
    )


def known(days: pl.LazyFrame, month: Month) -> pl.LazyFrame:
    """Orders and cents of each customer and day as known by the month's end."""
    held, sums = days.filter(holds(month)), pl.col("orders", "cents").sum()
    if not days.collect_schema()["customer_id"].is_integer():
        return held.group_by("customer_id", "day").agg(sums)
    # Customers by number: one number for both groups in half the time of two.
    both = pl.col("customer_id") * _DAYS + (pl.col("day").cast(pl.Int64) + _DAYS // 2)
    day = (pl.col("both") % _DAYS - _DAYS // 2).cast(pl.Int32)
    grouped = held.group_by(both.alias("both")).agg(sums)
    return grouped.select((pl.col("both") // _DAYS).alias("customer_id"), day.alias("day"), "orders", "cents")


def as_of_day(month: Month) -> int:
    """The last day that a month tells of, in days since 1970."""
    return (month.end - date(1970, 1, 1)).days - 1
