"""loop.follow_ups: whom to reply to, in which order.

Here: the queue of each month: status, hours to the first contact, money at risk and priority. Not here: what happened
to each answer (followed_up.py), how a shop kept its times (service_levels.py), and what follow-up does (effect).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

import polars as pl

from pipelines.core.topics import URGENT
from pipelines.loop.followed_up import by_end, end_of, followed_up, in_queue, is_recent
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
TEXTS = ("customer_id", "order_id", "comment", "language")


class Beside(NamedTuple):
    """What is said beside an answer.

    texts: columns that are only shown, by row of the answers. words: topics of comments. contacts: with their day.
    customers: money at risk by month. uplifts: of answers, by month.
    """

    texts: pl.DataFrame
    words: pl.LazyFrame
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
        responses: core.responses of the months and the QUEUE_DAYS before them, with numbers for response_id and
            `customer`, the id as `name`, and `draw` (holdout.DRAW).
        topics: core.response_topics: response_id and topic, without answers that name none.
        contacts: core.follow_ups: response_id, contacted_at, resolved_at, is_dated, owner, outcome.
        customers: value.customers: month, customer, calibrated_at_risk_90d.
        uplifts: loop.answer_uplift: month, response_id, uplift.
        span: the months to compute, and the clock.
        settings: followed_up.SETTINGS.

    Returns:
        Columns of loop.follow_ups; one row per month and answer in its queue.
    """
    urgent = topics.filter(pl.col("topic").is_in(URGENT))
    drawn = responses.with_columns(tie="draw", is_anonymous=pl.col("customer_id").is_null())
    answers = followed_up(drawn, contacts, urgent, span=span, settings=settings).collect()
    beside = Beside(
        # Moved once, when the rows are in order: to carry them along takes twice as long as all the rest.
        texts=answers.select(*TEXTS, response_id="name"),
        words=_words(topics, urgent),
        contacts=contacts.select("response_id", "owner", "outcome", utc("contacted_at")).with_columns(
            contacted_date=business_day(pl.col("contacted_at"), span.clock)
        ),
        customers=customers,
        uplifts=uplifts,
    )
    numbers = answers.drop("name", *TEXTS).with_row_index("row").lazy()
    months = [_month(month, numbers, beside, span.clock) for month in months_of(span)]
    return pl.concat([table_schema(TABLE).to_frame(), *months])


def _words(topics: pl.LazyFrame, urgent: pl.LazyFrame) -> pl.LazyFrame:
    """By answer: its topics, by name, and whether one of them is urgent."""
    # As lists, which sort in half the time of sorting each group.
    listed = (
        topics.group_by("response_id").agg(topics="topic").with_columns(pl.col("topics").list.sort().list.join(", "))
    )
    urgent_answers = urgent.select("response_id").unique().with_columns(is_urgent=True)
    return listed.join(urgent_answers, on="response_id", how="left")


def _month(month: Month, answers: pl.LazyFrame, beside: Beside, clock: Clock) -> pl.DataFrame:
    """The queue of a month as it stood at its end."""
    happened_by = {name: by_end(f"{name}_date", month.end) for name in ("contacted", "resolved")}
    seen = [pl.when(has).then(f"{name}_at").alias(f"{name}_at") for name, has in happened_by.items()]
    by_then = beside.contacts.filter(pl.col("contacted_date") < month.end)
    is_last = pl.col("contacted_at") == pl.col("contacted_at").max().over("response_id")
    last = by_then.filter(is_last).select("response_id", "owner", "outcome")
    at_risk = beside.customers.filter(pl.col("month") == month.start).select("customer", value_at_risk=MONEY)
    moved = beside.uplifts.filter(pl.col("month") == month.start).select("response_id", "uplift")
    hours = (pl.col("contacted_at") - pl.col("responded_at")).dt.total_seconds() / 3600
    rows = (
        answers.filter(is_recent(month))
        .with_columns(is_latest=_is_latest())
        .filter(in_queue(month))
        .with_columns(status=_status(month, clock))
        .with_columns(*seen)
        .join(beside.words, on="response_id", how="left")
        .join(at_risk, on="customer", how="left")
        .join(moved, on="response_id", how="left")
        .with_columns(is_urgent=pl.col("is_urgent").fill_null(value=False), hours_to_contact=hours.clip(0))
        .with_columns(waits=_waits())
        .sort(*_order(end_of(month, clock)))
        .with_columns(priority=pl.when("waits").then(pl.col("waits").cum_sum()))
        .join(last, on="response_id", how="left", maintain_order="left")
        .drop("response_id")
        .collect()
    )
    shown = rows.hstack(beside.texts[rows["row"]]).with_columns(month=pl.lit(month.start))
    schema = table_schema(TABLE)
    return shown.select(pl.col(name).cast(schema[name]) for name in schema.names())


def _is_latest() -> pl.Expr:
    """Whether no later answer of the same customer is known by the month's end; true of anonymous answers."""
    return pl.col("is_anonymous") | (pl.col("responded_at") == pl.col("responded_at").max().over("customer"))


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
    return is_waiting & pl.col("is_latest") & ~pl.col("is_anonymous")


def _order(end: datetime) -> list[pl.Expr]:
    """What is not long overdue, not contacted yet, a detractor's, urgent; then most money at risk, the lowest score."""
    is_detractor = pl.col("category") == CATEGORIES[0]
    return [
        pl.col("due_at") < pl.lit(end - timedelta(days=STALE_DAYS)).dt.convert_time_zone("UTC"),
        pl.col("status") == "contacted",
        ~is_detractor & ~pl.col("is_urgent"),
        ~is_detractor,
        ~pl.col("is_urgent"),
        pl.col("category").cast(pl.Enum(CATEGORIES)),
        -pl.col("value_at_risk").fill_null(-1.0),
        pl.col("score"),
        pl.col("due_at"),
        pl.col("tie"),
    ]
