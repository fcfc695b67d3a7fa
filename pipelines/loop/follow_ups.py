"""loop.follow_ups: whom to reply to, in which order.

Here: the queue of each month: status, hours to the first contact, money at risk and priority. Not here: what happened
to each answer (followed_up.py), how a shop kept its times (service_levels.py), and what follow-up does (effect).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

import polars as pl

from pipelines.core.topics import URGENT
from pipelines.loop.followed_up import by_end, end_of, followed_up, in_queue
from pipelines.periods import Clock, Span
from pipelines.setting_values import CATEGORIES
from pipelines.settings import Settings
from pipelines.value.months import Month, business_day, months_of, utc
from pipelines.warehouse.tables import table_schema

TABLE = "loop.follow_ups"
NO_TOPIC = "none"
# What is left to do, the first first.
WAITING = ("open", "overdue", "contacted")
# A reply that is later than this is no longer one: such answers come after all others.
STALE_DAYS = 30
MONEY = "calibrated_at_risk_90d"


class Beside(NamedTuple):
    """What is said beside an answer: topics, contacts with their day, by month customers' money at risk and uplift."""

    topics: pl.LazyFrame
    contacts: pl.LazyFrame
    customers: pl.LazyFrame
    uplifts: pl.LazyFrame


def follow_ups(
    responses: pl.LazyFrame,
    topics: pl.LazyFrame,
    contacts: pl.LazyFrame,
    customers: pl.LazyFrame,
    uplifts: pl.LazyFrame,
    *,
    span: Span,
    settings: Settings,
) -> pl.DataFrame:
    """Rows of loop.follow_ups.

    Args:
        responses: core.responses of the year before the months and of the months, with `draw` (holdout.DRAW).
        topics: core.response_topics of these answers.
        contacts: core.follow_ups.
        customers: value.customers: month, customer_id, calibrated_at_risk_90d.
        uplifts: loop.answer_uplift.
        span: the months to compute, and the clock.
        settings: followed_up.SETTINGS.

    Returns:
        Columns of loop.follow_ups; one row per month and answer in its queue.
    """
    mentioned = topics.filter(pl.col("topic") != NO_TOPIC)
    urgent = mentioned.filter(pl.col("topic").is_in(URGENT))
    answers = followed_up(responses, contacts, urgent, span=span, settings=settings).collect()
    beside = Beside(
        topics=mentioned,
        contacts=contacts.select("response_id", "owner", "outcome", utc("contacted_at")).with_columns(
            contacted_date=business_day(pl.col("contacted_at"), span.clock)
        ),
        customers=customers,
        uplifts=uplifts,
    )
    months = [_month(month, answers.lazy(), beside, span.clock).collect() for month in months_of(span)]
    return pl.concat([table_schema(TABLE).to_frame(), *months])


def _month(month: Month, answers: pl.LazyFrame, beside: Beside, clock: Clock) -> pl.LazyFrame:
    """The queue of a month as it stood at its end."""
    happened_by = {name: by_end(f"{name}_date", month.end) for name in ("contacted", "resolved")}
    seen = [pl.when(has).then(f"{name}_at").alias(f"{name}_at") for name, has in happened_by.items()]
    words = beside.topics.group_by("response_id").agg(
        topics=pl.col("topic").sort().str.join(", "), is_urgent=pl.col("topic").is_in(URGENT).any()
    )
    last = (
        beside.contacts.filter(pl.col("contacted_date") < month.end)
        .sort("contacted_at", "owner", "outcome")
        .group_by("response_id")
        .agg(pl.col("owner", "outcome").last())
    )
    at_risk = beside.customers.filter(pl.col("month") == month.start).select("customer_id", value_at_risk=MONEY)
    moved = beside.uplifts.filter(pl.col("month") == month.start).select("response_id", "uplift")
    hours = (pl.col("contacted_at") - pl.col("responded_at")).dt.total_seconds() / 3600
    rows = (
        answers.with_columns(is_latest=_is_latest(month))
        .filter(in_queue(month))
        .with_columns(status=_status(month, clock))
        .with_columns(*seen)
        .join(words, on="response_id", how="left")
        .join(last, on="response_id", how="left")
        .join(at_risk, on="customer_id", how="left")
        .join(moved, on="response_id", how="left")
        .with_columns(
            month=pl.lit(month.start),
            is_urgent=pl.col("is_urgent").fill_null(value=False),
            hours_to_contact=hours.clip(0),
        )
    )
    schema = table_schema(TABLE)
    ranked = rows.with_columns(waits=_waits()).sort(*_order(end_of(month, clock)))
    return ranked.with_columns(priority=pl.when("waits").then(pl.col("waits").cum_sum())).select(
        pl.col(name).cast(schema[name]) for name in schema.names()
    )


def _is_latest(month: Month) -> pl.Expr:
    """Whether no later answer of the same customer is known by the month's end; true of anonymous answers."""
    is_known = pl.col("response_date") < month.end
    latest = pl.col("responded_at").filter(is_known).max().over("customer_id")
    return pl.col("customer_id").is_null() | (pl.col("responded_at") == latest)


def _status(month: Month, clock: Clock) -> pl.Expr:
    """What had happened by the month's end. A held-out answer that was contacted all the same is said to be so."""
    return (
        pl.when(by_end("resolved_date", month.end))
        .then(pl.lit("resolved"))
        .when(by_end("contacted_date", month.end))
        .then(pl.lit("contacted"))
        .when("is_held_out")
        .then(pl.lit("held_out"))
        .when(pl.col("due_at") < pl.lit(end_of(month, clock)).dt.convert_time_zone("UTC"))
        .then(pl.lit("overdue"))
        .otherwise(pl.lit("open"))
    )


def _waits() -> pl.Expr:
    """Whether there is something left to do, and somebody to reply to."""
    is_waiting = pl.col("status").is_in(WAITING) & ~pl.col("is_held_out")
    return is_waiting & pl.col("is_latest") & pl.col("customer_id").is_not_null()


def _order(end: datetime) -> list[pl.Expr]:
    """Not long overdue, not contacted yet, urgent, detractors first; then most money at risk, and the lowest score."""
    return [
        pl.col("due_at") < pl.lit(end - timedelta(days=STALE_DAYS)).dt.convert_time_zone("UTC"),
        pl.col("status") == "contacted",
        ~pl.col("is_urgent"),
        pl.col("category").cast(pl.Enum(CATEGORIES)),
        -pl.col("value_at_risk").fill_null(-1.0),
        pl.col("score"),
        pl.col("due_at"),
        pl.col("response_id"),
    ]
