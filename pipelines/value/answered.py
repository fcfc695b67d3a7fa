"""What customers did in the year after their answer: the reduction behind value.after_answer and promoter_value.

Here: which answer counts for a customer, the customer's state at that time, and what the customer and the friends they
referred bought in the 365 days after it, as known at a month's end. Not here: means, intervals or adjustment. Only
filter, join, group-by and when/then on the big frames, and only sums of integers, minima and maxima.

A month covers the answers given 365 to 730 days before its end: the year after the answer is complete for everybody,
and the category was known before any of its money was spent.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pipelines.margins import Margins
from pipelines.periods import Clock, Span
from pipelines.value.customer_months import (
    Month,
    business_day,
    happened,
    holds,
    known_answers,
    latest_answers,
    months_of,
    order_rows,
    utc,
)
from pipelines.value.money import cents

YEAR = pl.duration(days=365)
AFTER = ("orders", "revenue", "cents", "referred", "referral_revenue", "referral_cents", "reward")
BEFORE = ("orders_before", "cents_before", "tenure_days")


def answered(
    orders: pl.LazyFrame, responses: pl.LazyFrame, referrals: pl.LazyFrame, *, span: Span, margins: Margins = ()
) -> Iterator[tuple[Month, pl.DataFrame]]:
    """The customers who answered 365 to 730 days before each month's end, and their year after the answer.

    If a customer gave several such answers, the last one counts. Orders are those placed after the answer, without the
    order the answer is about. A referral counts if it was made at or after the answer, within the year, and the friend
    bought in that year. Refunds dated after the month's end are not yet deducted.

    Args:
        orders: core.orders.
        responses: core.responses.
        referrals: core.referrals.
        span: the months wanted.
        margins: see customer_months.

    Yields:
        Each month with such customers, and one row per customer, by response_id: customer_id, response_id, score,
        category; AFTER, in the year: orders (that count), revenue (net, cents) and cents (its value: the same, or the
        margin), referred (friends who bought), their revenue and cents, reward (cents); BEFORE, at the answer:
        orders_before, cents_before, tenure_days (since the first order, 0 without one); country and product_category
        of the last order before the answer, null without one.
    """
    months = months_of(span)
    if not months:
        return
    answers = _answers(responses, months, clock=span.clock).collect(engine="streaming").lazy()
    bought = order_rows(orders, clock=span.clock, margins=margins)
    mine = bought.join(answers, on="customer_id").filter(pl.col("order_id").ne_missing(pl.col("answered_order")))
    since = pl.col("ordered_at") > pl.col("responded_at")
    in_year = since & (pl.col("day") < pl.col("response_date") + YEAR)
    credited = known_referrals(referrals, clock=span.clock).rename({"advocate_id": "customer_id"})
    friends = (
        answers.join(credited, on="customer_id")
        .filter(pl.col("referred_at") >= pl.col("responded_at"))
        .filter(pl.col("referred_date") < pl.col("response_date") + YEAR)
    )
    theirs = friends.join(bought, left_on="friend_id", right_on="customer_id").filter(in_year)
    held = ["response_id", "start", "stop"]
    after, before, brought, last = pl.collect_all(
        [
            mine.filter(in_year).group_by(held).agg(pl.col("orders", "revenue", "cents").sum()),
            mine.filter(~since).group_by(held).agg(pl.col("orders", "cents").sum(), pl.col("first_order_at").min()),
            theirs.group_by(*held, "friend_id", "reward").agg(pl.col("orders", "revenue", "cents").sum()),
            _last_order(mine.filter(~since)),
        ],
        engine="streaming",
    )
    for month in months:
        chosen = latest_answers(answers.filter(_covers(month)), by=["customer_id"])
        own, then, friends = (_held(frame, month) for frame in (after, before, brought))
        rows = _customers(chosen, own, then, friends, last.lazy(), clock=span.clock)
        customers = rows.sort("response_id").collect(engine="streaming")
        if customers.height:
            yield month, customers


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


def _answers(responses: pl.LazyFrame, months: list[Month], *, clock: Clock) -> pl.LazyFrame:
    """The answers that some of the months cover."""
    return (
        known_answers(responses, clock=clock)
        .filter(pl.col("response_date") >= pl.lit(months[0].end) - 2 * YEAR)
        .filter(pl.col("response_date") < pl.lit(months[-1].end) - YEAR)
        .select(
            "customer_id",
            "response_id",
            "responded_at",
            "response_date",
            "category",
            pl.col("score").cast(pl.Int8),
            answered_order="order_id",
        )
    )


def _covers(month: Month) -> pl.Expr:
    """Whether the answer was given 365 to 730 days before the month's end."""
    end = pl.lit(month.end)
    return (pl.col("response_date") >= end - 2 * YEAR) & (pl.col("response_date") < end - YEAR)


def _held(rows: pl.DataFrame, month: Month) -> pl.LazyFrame:
    """The rows that hold at the month's end (see order_rows)."""
    return rows.lazy().filter(holds(month))


def _last_order(earlier: pl.LazyFrame) -> pl.LazyFrame:
    """Country and product category of the last order before each answer; the least id of orders at one instant."""
    last = earlier.group_by("response_id").agg(pl.col("ordered_at").max())
    tied = earlier.join(last, on=["response_id", "ordered_at"], how="semi")
    chosen = tied.group_by("response_id").agg(pl.col("order_id").min())
    return (
        tied.join(chosen, on=["response_id", "order_id"], how="semi")
        .select("response_id", "country", "product_category")
        .unique()
    )


def _customers(
    chosen: pl.LazyFrame,
    after: pl.LazyFrame,
    before: pl.LazyFrame,
    brought: pl.LazyFrame,
    last: pl.LazyFrame,
    *,
    clock: Clock,
) -> pl.LazyFrame:
    """One row per chosen answer."""
    own = after.group_by("response_id").agg(pl.col("orders", "revenue", "cents").sum())
    then = before.group_by("response_id").agg(
        pl.col("orders", "cents").sum().name.suffix("_before"), pl.col("first_order_at").min()
    )
    friends = (
        brought.group_by("response_id", "friend_id", "reward")
        .agg(pl.col("orders", "revenue", "cents").sum())
        .filter(pl.col("orders") > 0)
        .group_by("response_id")
        .agg(
            pl.len().cast(pl.Int64).alias("referred"),
            pl.col("revenue").sum().alias("referral_revenue"),
            pl.col("cents").sum().alias("referral_cents"),
            pl.col("reward").sum(),
        )
    )
    tenure = (pl.col("response_date") - business_day(pl.col("first_order_at"), clock)).dt.total_days()
    joined = chosen
    for facts in (own, then, friends, last):
        joined = joined.join(facts, on="response_id", how="left")
    return joined.with_columns(tenure_days=tenure.clip(lower_bound=0)).select(
        "customer_id",
        "response_id",
        "score",
        "category",
        pl.col(*AFTER, *BEFORE).fill_null(0),
        "country",
        "product_category",
    )
