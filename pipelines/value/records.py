"""The rows of core that value is made of: orders with the months in which they hold, answers, referrals.

Here: which rows count and since when, as lazy frames. Not here: the arrays made of them (facts.py).

An order is one or two rows, each holding for a range of months: at the full price from its month until a refund dated
in a later month, and at what was left from then on. The state of a month is the sum of the rows that hold in it, so
months can be computed in any order.
"""

from __future__ import annotations

import polars as pl

from pipelines.margins import Margins
from pipelines.periods import Clock
from pipelines.value.money import cents, margin
from pipelines.value.months import Month, business_day, happened, month_number, utc

# The month in which a row ends that holds for ever.
NEVER = 12 * 9999
# Columns of core.orders that its rows keep.
_FACTS = (
    "order_id",
    "customer_id",
    "order_date",
    "ordered_at",
    "country",
    "channel",
    "discount",
    "main_product_category",
)


def order_rows(orders: pl.LazyFrame, *, clock: Clock, margins: Margins = ()) -> pl.LazyFrame:
    """Rows of every order with an amount, and the months in which they hold: `start` <= month < `stop`.

    Args:
        orders: core.orders.
        clock: what is now.
        margins: margin by product category if value is margin, empty if it is net revenue.

    Returns:
        Months are numbers, see month_number. Columns: order_id, customer_id, start, stop, day and ordered_at (of the
        order, UTC), country, product_category, channel, discounted (discounted, full_price or null), counts, revenue
        (net, cents), cents (its value: the same, or the margin on it).
    """
    sold = (
        orders.filter(~pl.col("is_cancelled") & pl.col("gross").is_not_null())
        .with_columns(utc("ordered_at", "refunded_at"))
        .filter(happened("ordered_at", clock))
        .with_columns(start=month_number(pl.col("order_date")))
    )
    refunded_in = month_number(business_day(pl.col("refunded_at"), clock))
    dated = sold.with_columns(
        # A refund without a date, or dated before the order, counts on the order's day.
        refunded_in=pl.when(pl.col("refunded_at").is_null())
        .then(pl.col("start"))
        .when(happened("refunded_at", clock))
        .then(pl.max_horizontal(pl.col("start"), refunded_in))
        .otherwise(NEVER)
    )
    # core.orders.counts and net include the refund. Before it, all orders count but cancelled ones and returns.
    earlier = dated.filter(pl.col("start") < pl.col("refunded_in")).select(
        *_FACTS, "start", stop="refunded_in", counts=pl.col("gross") >= 0, amount="gross"
    )
    later = dated.filter((pl.col("refunded_in") < NEVER) & (pl.col("counts") | (pl.col("net") != 0))).select(
        *_FACTS, "counts", start="refunded_in", stop=pl.lit(NEVER, dtype=pl.Int32), amount="net"
    )
    revenue = cents(pl.col("amount"))
    return pl.concat([earlier, later], how="diagonal").select(
        "order_id",
        "customer_id",
        "start",
        "stop",
        "country",
        "channel",
        "ordered_at",
        "counts",
        discounted=discounted(pl.col("discount")),
        day="order_date",
        product_category="main_product_category",
        revenue=revenue,
        cents=margin(revenue, pl.col("main_product_category"), margins),
    )


def discounted(discount: pl.Expr) -> pl.Expr:
    """The segment of an order by its discount, as core.order_segments.discounted names it; null if it is unknown.

    >>> pl.select(discounted(pl.Series([3.5, 0.0, None]))).to_series().to_list()
    ['discounted', 'full_price', None]
    """
    return pl.when(discount > 0).then(pl.lit("discounted")).when(discount == 0).then(pl.lit("full_price"))


def known_answers(responses: pl.LazyFrame, *, clock: Clock) -> pl.LazyFrame:
    """The answers of identified customers up to the clock, with responded_at in UTC."""
    identified = responses.filter(pl.col("customer_id").is_not_null()).with_columns(utc("responded_at"))
    return identified.filter(happened("responded_at", clock))


def known_referrals(referrals: pl.LazyFrame, *, clock: Clock) -> pl.LazyFrame:
    """The credited referrals between two identified people, whether or not the friend ordered.

    Columns: referral_id, referred_at, advocate_id, friend_id, referred_date, reward (cents).
    """
    return (
        referrals.filter("is_credited", pl.col("advocate_id").is_not_null(), pl.col("friend_id").is_not_null())
        .with_columns(utc("referred_at"))
        .filter(happened("referred_at", clock))
        .select(
            "referral_id",
            "referred_at",
            "advocate_id",
            "friend_id",
            referred_date=business_day(pl.col("referred_at"), clock),
            reward=cents(pl.col("reward_cost")).fill_null(0),
        )
    )


def holds(month: Month) -> pl.Expr:
    """Whether a row of `order_rows`, or a sum of such rows, holds at the month's end."""
    return (pl.col("start") <= month.number) & (pl.col("stop") > month.number)
