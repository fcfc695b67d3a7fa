"""What every answer has become by way of follow-up: when it was due, contacted and resolved.

Here: one row per answer, of which the queue and its service levels are made, and the rule which answers are in a
month's queue. Not here: the draw of the hold-out (holdout.py), the time by which an answer is due (due.py).

A contact counts for its answer from the business day of the answer on: many exports give only the day. Contacts before
that day are none (ops.doubts tells them). Of several contacts the first counts, and the first that resolved the answer.
"""

from __future__ import annotations

from datetime import date, datetime, time

import polars as pl

from pipelines.loop.due import due_at
from pipelines.loop.holdout import held_out
from pipelines.periods import Clock, Span, next_month
from pipelines.settings import Settings
from pipelines.value.months import Month, business_day, happened, utc

# Nobody calls about an answer that is older when the month begins.
QUEUE_DAYS = 180
# What is made of settings besides the clock.
SETTINGS = ("timezone", "follow_up_hours", "follow_up_holdout", "holiday_calendar")


def followed_up(
    answers: pl.LazyFrame, contacts: pl.LazyFrame, urgent: pl.LazyFrame, *, span: Span, settings: Settings
) -> pl.LazyFrame:
    """The answers of categories that are followed up, with what happened by the clock.

    Args:
        answers: response_id, category, responded_at, response_date, draw; any further columns stay.
        contacts: core.follow_ups: response_id, contacted_at, resolved_at, is_dated.
        urgent: response_id of answers that are never held out.
        span: the months to compute, and the clock.
        settings: SETTINGS.

    Returns:
        The answers without draw, with due_at, is_held_out, contacted_at and resolved_at (the first dated ones; NULL
        before they happened), is_marked (resolved at a time that no source tells), and the business days due_date,
        contacted_date and resolved_date. A marked answer is resolved from its own day on.
    """
    drawn = held_out(
        answers.with_columns(utc("responded_at"))
        .with_columns(due_at=due_at(settings, span.months.end.year))
        .filter(pl.col("due_at").is_not_null()),
        urgent,
        shares=settings.follow_up_holdout,
    )
    return (
        drawn.drop("holdout_share")
        .join(_of_answers(drawn, contacts, span.clock), on="response_id", how="left", maintain_order="left")
        .with_columns(
            pl.col("is_marked").fill_null(value=False),
            due_date=business_day(pl.col("due_at"), span.clock),
            contacted_date=business_day(pl.col("contacted_at"), span.clock),
            resolved_date=business_day(pl.col("resolved_at"), span.clock),
        )
        .with_columns(resolved_date=pl.when("is_marked").then("response_date").otherwise("resolved_date"))
    )


def _of_answers(answers: pl.LazyFrame, contacts: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """The first contact and the first resolution of each answer that has any."""
    # Whoever is said to have resolved it before calling did so when they called.
    resolved_at = pl.max_horizontal("contacted_at", "resolved_at")
    is_dated = pl.col("is_dated")
    return (
        contacts.select("response_id", "is_dated", utc("contacted_at", "resolved_at"))
        .with_columns(resolved_at=pl.when(happened("resolved_at", clock)).then("resolved_at"))
        .join(answers.select("response_id", "response_date"), on="response_id")
        .filter(business_day(pl.col("contacted_at"), clock) >= pl.col("response_date"))
        .with_columns(resolved_at=pl.when(pl.col("resolved_at").is_not_null()).then(resolved_at))
        .group_by("response_id")
        .agg(
            contacted_at=pl.col("contacted_at").filter(is_dated).min(),
            resolved_at=pl.col("resolved_at").filter(is_dated).min(),
            is_marked=(~is_dated).any(),
        )
    )


def is_recent(month: Month) -> pl.Expr:
    """Whether an answer was given in a month, or in the QUEUE_DAYS before it."""
    first = pl.lit(month.start) - pl.duration(days=QUEUE_DAYS)
    return (pl.col("response_date") >= first) & (pl.col("response_date") < month.end)


def in_queue(month: Month) -> pl.Expr:
    """Whether a recent answer is in a month's queue: it is of the month, or was not resolved when it began."""
    resolved = pl.col("resolved_date")
    return (pl.col("response_date") >= month.start) | resolved.is_null() | (resolved >= month.start)


def end_of(month: Month, clock: Clock) -> datetime:
    """The end of a month, or the clock in the open one."""
    return min(clock.as_of, datetime.combine(next_month(month.start), time.min, clock.tzinfo))


def by_end(day: str, end: date) -> pl.Expr:
    """Whether something had happened by the end of a month, given the column of its day."""
    return (pl.col(day) < end).fill_null(value=False)
