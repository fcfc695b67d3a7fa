"""What became of every answer: whether it was followed up, and what the customer answered and ordered afterwards.

Here: one row per answer of a customer, with its arm and its outcomes, and from when each is known. Not here: the draw
(holdout.py), the rates (recovery.py) and differences (effect.py) made of them.

An answer is followed up if the customer was contacted within FOLLOW_UP_DAYS after it; a later contact is none. The next
answer is the customer's first one, at any stage, after those days: an answer in between may precede the contact. So an
outcome never decides on which side its own answer is counted.

Orders are those after the answer that count, less what was refunded of them by the end of the outcome's days. An
outcome enters a month only if its days have passed by the month's end, so it is the same in every month it is in.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import polars as pl

from pipelines.loop.holdout import DRAW, URGENT_ANSWERS, held_out
from pipelines.periods import Clock
from pipelines.settings import Settings
from pipelines.value.money import cents
from pipelines.value.months import utc

FOLLOW_UP_DAYS = 14
# Days after an answer in which it is asked whether the customer has answered again.
RE_SURVEY_DAYS = 180
ORDER_DAYS = (90, 365)
CATEGORIES = ("promoter", "passive", "detractor")
ARMS = ("followed_up", "not_followed_up", "held_out")
# Hours to the first contact, by upper end.
HOURS = {"under_24h": 24, "24_to_48h": 48, "48h_to_7d": 7 * 24, "7_to_14d": FOLLOW_UP_DAYS * 24}
# Contacts whose time the source does not say, and all hours together.
UNDATED = "undated"
EVERY = "all"
BANDS = (*HOURS, UNDATED)
READS = ("core.responses", "core.response_topics", "core.follow_ups", "core.orders")
# Numbers in place of ids, which are slow to sort and join.
ONLY = {
    "core.responses": (
        "hash(response_id) AS response_id, hash(customer_id) AS customer_id, category, responded_at, response_date, "
        f"{DRAW}",
        "customer_id IS NOT NULL",
    ),
    "core.response_topics": (f"hash({URGENT_ANSWERS[0]}) AS response_id", URGENT_ANSWERS[1]),
    "core.follow_ups": ("hash(response_id) AS response_id, contacted_at, is_dated", "true"),
    "core.orders": (
        "hash(customer_id) AS customer_id, ordered_at, gross, refunded, refunded_at",
        "NOT is_cancelled AND gross IS NOT NULL AND customer_id IN (SELECT customer_id FROM core.responses)",
    ),
}


def known_until(clock: Clock, end: date) -> datetime:
    """The instant up to which a window that ends before the day `end` knows what happened."""
    midnight = datetime.combine(end, time(), clock.tzinfo)
    return min(midnight, clock.as_of).astimezone(UTC)


def outcomes(
    responses: pl.LazyFrame,
    urgent: pl.LazyFrame,
    follow_ups: pl.LazyFrame,
    orders: pl.LazyFrame,
    *,
    settings: Settings,
) -> pl.DataFrame:
    """One row per answer of a customer that is not urgent, in order of time.

    Args:
        responses: core.responses, as ONLY reads it.
        urgent: core.response_topics, likewise.
        follow_ups: core.follow_ups, likewise.
        orders: core.orders, likewise.
        settings: follow_up_holdout.

    Returns:
        Columns of `answered_again`, and orders_90d, orders_365d and revenue_90d, revenue_365d (cents).
    """
    rows = answered_again(responses, urgent, follow_ups, settings=settings)
    bought = rows.join(_bought(rows, orders), on="answer", how="left", maintain_order="left")
    return bought.with_columns(pl.col("^(orders|revenue)_.*$").fill_null(0))


def answered_again(
    responses: pl.LazyFrame, urgent: pl.LazyFrame, follow_ups: pl.LazyFrame, *, settings: Settings
) -> pl.DataFrame:
    """One row per answer of a customer that is not urgent, in order of time.

    Args:
        responses: core.responses, as ONLY reads it; further columns stay.
        urgent: core.response_topics, likewise.
        follow_ups: core.follow_ups, likewise.
        settings: follow_up_holdout.

    Returns:
        answer (a number), response_id, customer_id, category (Enum of CATEGORIES), responded_at, response_date;
        holdout_share and is_held_out, see holdout.held_out; arm (Enum of ARMS) and hours (Enum of BANDS; null unless
        contacted in time); next_at (null without a next answer); recovered (a better category there, null for
        promoters), re_surveyed.
    """
    drawn = held_out(responses.with_columns(utc("responded_at")), urgent, shares=settings.follow_up_holdout)
    answers = (
        drawn.with_columns(pl.col("category").cast(pl.Enum(CATEGORIES)))
        .sort("responded_at", "response_id")
        .with_columns(_next(pl.col("responded_at"), FOLLOW_UP_DAYS).alias("settled_at"))
        .with_row_index("answer")
    )
    later = answers.select("customer_id", next_at="responded_at", next_category="category")
    contacts = (
        follow_ups.with_columns(utc("contacted_at"))
        .group_by("response_id")
        .agg(pl.col("contacted_at").min(), dated_at=pl.col("contacted_at").filter("is_dated").min())
    )
    # The next answer is looked for among urgent ones too: it is an outcome like any other.
    rows = (
        answers.join_asof(
            later,
            left_on="settled_at",
            right_on="next_at",
            by="customer_id",
            strategy="forward",
            check_sortedness=False,
        )
        .filter(~pl.col("is_urgent"))
        .join(contacts, on="response_id", how="left", maintain_order="left")
        .collect()
    )
    return _with_arms(rows)


def first_of_each(rows: pl.DataFrame) -> pl.DataFrame:
    """Each customer's first answer of each category: a customer counts once, with an answer that no other shaped."""
    return rows.filter(pl.struct("customer_id", "category").is_first_distinct())


def _next(instant: pl.Expr, days: int) -> pl.Expr:
    return instant + timedelta(days=days)


def _with_arms(rows: pl.DataFrame) -> pl.DataFrame:
    """The answers with what was done about each, and the next answer."""
    hours, dated = (
        (pl.col(name) - pl.col("responded_at")).dt.total_seconds() / 3600 for name in ("contacted_at", "dated_at")
    )
    # A contact dated before the answer answers nothing.
    in_time = hours.is_between(0, FOLLOW_UP_DAYS * 24).fill_null(value=False)
    band = pl.lit(UNDATED)
    for name, longest in reversed(HOURS.items()):
        band = pl.when(dated <= longest).then(pl.lit(name)).otherwise(band)
    arm = pl.when("is_held_out").then(pl.lit("held_out")).when(in_time).then(pl.lit("followed_up"))
    better = pl.col("next_category").to_physical() < pl.col("category").to_physical()
    within = pl.col("next_at") < _next(pl.col("responded_at"), RE_SURVEY_DAYS)
    return rows.with_columns(
        arm=arm.otherwise(pl.lit("not_followed_up")).cast(pl.Enum(ARMS)),
        hours=pl.when(in_time).then(band).cast(pl.Enum(BANDS)),
        recovered=pl.when(pl.col("category") != "promoter").then(better),
        re_surveyed=within.fill_null(value=False),
    ).drop("settled_at", "next_category", "contacted_at", "dated_at", "is_urgent")


def _bought(rows: pl.DataFrame, orders: pl.LazyFrame) -> pl.DataFrame:
    """By answer with an order, orders that count and revenue (cents) in the ORDER_DAYS after it."""
    refunded_at = pl.max_horizontal(pl.coalesce("refunded_at", "ordered_at"), "ordered_at")
    sold = orders.with_columns(utc("ordered_at", "refunded_at")).select(
        "customer_id",
        "ordered_at",
        refunded_at=refunded_at,
        gross=cents(pl.col("gross")),
        refunded=cents(pl.col("refunded").fill_null(0)),
    )
    sums = []
    for days in ORDER_DAYS:
        until = _next(pl.col("responded_at"), days)
        inside = pl.col("ordered_at") < until
        back = pl.when(pl.col("refunded_at") < until).then("refunded").otherwise(0)
        counts = inside & (pl.col("gross") >= 0) & ~((back > 0) & (back >= pl.col("gross")))
        sums += [
            counts.sum().cast(pl.Int64).alias(f"orders_{days}d"),
            pl.when(inside).then(pl.col("gross") - back).otherwise(0).sum().alias(f"revenue_{days}d"),
        ]
    return (
        rows.lazy()
        .select("answer", "customer_id", "responded_at")
        .join(sold, on="customer_id")
        .filter(
            pl.col("ordered_at") > pl.col("responded_at"),
            pl.col("ordered_at") < _next(pl.col("responded_at"), max(ORDER_DAYS)),
        )
        .group_by("answer")
        .agg(sums)
        .collect()
    )
