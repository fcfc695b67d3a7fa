"""What every customer spent in the year to a month's end and in the year before: the reduction behind revenue figures.

Here: money and orders of two years per customer, whether a referral brought the customer, and the category of the
latest answer. Not here: shares, scores and rates. Only filter, join, group-by and when/then on the big frames, and only
sums of integers, minima and maxima. A year is the 365 days to the month's end, or to the clock's day.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pipelines.periods import Span
from pipelines.value.answered import YEAR, known_referrals
from pipelines.value.customer_months import (
    Month,
    holds,
    known_answers,
    latest_answers,
    months_of,
    order_rows,
)


def trailing(
    orders: pl.LazyFrame, responses: pl.LazyFrame, referrals: pl.LazyFrame, *, span: Span
) -> Iterator[tuple[Month, pl.DataFrame]]:
    """Customers with an order or return in the two years before each month's end.

    Args:
        orders: core.orders.
        responses: core.responses.
        referrals: core.referrals.
        span: the months wanted.

    Yields:
        Each month with such customers, and one row per customer, unordered: customer_id; orders and revenue (cents) of
        the year to the month's end, orders_before and revenue_before of the year before; category of the latest answer
        by the month's end, null without one; is_referred (a credited referral by the month's end names the customer as
        friend). Refunds dated later are not yet deducted.
    """
    months = months_of(span)
    if not months:
        return
    referred = known_referrals(referrals, clock=span.clock).group_by("friend_id").agg(pl.col("referred_date").min())
    by_day = ["customer_id", "day", "start", "stop"]
    days, answers, friends = pl.collect_all(
        [
            order_rows(orders, clock=span.clock)
            .filter(pl.col("day") >= pl.lit(months[0].end) - 2 * YEAR, pl.col("day") < months[-1].end)
            .group_by(by_day)
            .agg(pl.col("orders", "revenue").sum()),
            known_answers(responses, clock=span.clock).select(
                "customer_id", "response_id", "responded_at", "response_date", "category"
            ),
            referred,
        ],
        engine="streaming",
    )
    for month in months:
        customers = _of_month(days.lazy(), answers.lazy(), friends.lazy(), month).collect(engine="streaming")
        if customers.height:
            yield month, customers


def _of_month(days: pl.LazyFrame, answers: pl.LazyFrame, friends: pl.LazyFrame, month: Month) -> pl.LazyFrame:
    """The customers of one month."""
    end = pl.lit(month.end)
    this_year = pl.col("day") >= end - YEAR
    spent = (
        days.filter(pl.col("day") < end, pl.col("day") >= end - 2 * YEAR)
        .filter(holds(month))
        .group_by("customer_id")
        .agg(
            orders=pl.col("orders").filter(this_year).sum(),
            revenue=pl.col("revenue").filter(this_year).sum(),
            orders_before=pl.col("orders").filter(~this_year).sum(),
            revenue_before=pl.col("revenue").filter(~this_year).sum(),
        )
    )
    last = latest_answers(answers.filter(pl.col("response_date") < end), by=["customer_id"])
    referred = friends.filter(pl.col("referred_date") < end).select(
        customer_id="friend_id", is_referred=pl.lit(value=True)
    )
    return (
        spent.join(last.select("customer_id", "category"), on="customer_id", how="left")
        .join(referred, on="customer_id", how="left")
        .with_columns(pl.col("is_referred").fill_null(value=False))
    )
