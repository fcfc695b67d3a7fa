"""Purchase histories: the input of the customer-base models for each customer at a month's end.

Here: reducing orders to days with a purchase, and those to frequency, recency, age and money; what was bought between
the ends of two months. Not here: models. Only filter, group-by and when/then on the big frames, and only sums of
integers, minima and maxima (see customer_months).

Several orders on one day (business time zone) are one purchase. The as-of day is the last day of the month, or the
clock's day. The money of a day is that of all its orders, including returns booked as orders of their own, minus what
was refunded by the month's end. A day without money above zero counts as a purchase in time, but not in the mean per
order.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.margins import Margins
from pipelines.periods import Clock
from pipelines.value.customer_months import Month, holds, order_rows

# Whole numbers; durations are differences of days.
HISTORY = ("frequency", "recency_days", "age_days")
SPENDING = ("value_orders", "value_cents")

# Packs a day and its cents (shifted above zero) into one integer whose minimum belongs to the first day.
_DAY = 2**64
_ZERO = 2**63
# Above any day number: packs a customer's number and a day into one integer.
_DAYS = 2**24


def purchase_days(orders: pl.LazyFrame, *, clock: Clock, margins: Margins = ()) -> pl.LazyFrame:
    """The orders of each customer and day with the months in which they hold; a day may have several rows.

    Columns: customer_id, day (days since 1970), start, stop (see order_rows), orders (that count), cents.
    """
    return days_of(order_rows(orders, clock=clock, margins=margins))


def days_of(bought: pl.LazyFrame) -> pl.LazyFrame:
    """purchase_days of order_rows."""
    return bought.select("customer_id", pl.col("day").cast(pl.Int32), "start", "stop", "orders", "cents")


def histories(days: pl.LazyFrame, month: Month) -> pl.LazyFrame:
    """The history of every customer with a purchase by the month's end.

    Args:
        days: see purchase_days.
        month: the history is as of its end.

    Returns:
        customer_id, frequency (days with a purchase after the first), recency_days (from the first purchase to the
        last), age_days (from the first purchase to the as-of day), value_orders and value_cents (number and money of
        the repeat purchase days with money above zero), all_orders and all_cents (the same with the first day).
    """
    purchases = daily_totals(days, month).filter(pl.col("orders") > 0)
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
    """What was bought between the ends of two months, as known by the later: customer_id, bought, spent.

    `bought` counts days with a purchase; `spent` is the money of all days, in cents.
    """
    return (
        daily_totals(days, by)
        .filter(pl.col("day") > as_of_day(after))
        .group_by("customer_id")
        .agg(bought=(pl.col("orders") > 0).sum().cast(pl.Int64), spent=pl.col("cents").sum())
    )


def daily_totals(days: pl.LazyFrame, month: Month) -> pl.LazyFrame:
    """Orders and cents of each customer and day as known by the month's end."""
    held, sums = days.filter(holds(month)), pl.col("orders", "cents").sum()
    if not days.collect_schema()["customer_id"].is_integer():
        return held.group_by("customer_id", "day").agg(sums)
    # With numbered customers, one packed key groups in half the time of two.
    both = pl.col("customer_id") * _DAYS + (pl.col("day").cast(pl.Int64) + _DAYS // 2)
    day = (pl.col("both") % _DAYS - _DAYS // 2).cast(pl.Int32)
    grouped = held.group_by(both.alias("both")).agg(sums)
    return grouped.select((pl.col("both") // _DAYS).alias("customer_id"), day.alias("day"), "orders", "cents")


def as_of_day(month: Month) -> int:
    """The last day a month covers, in days since 1970."""
    return (month.end - date(1970, 1, 1)).days - 1
