"""loop.contacts: how often people were asked in a month, which contact rules that broke, and who still answers.

Here: counting the invitations of a month by how many the person had before. Not here: the rules as the survey plan
keeps them (contact_rules.py). An invitation is judged by what had happened before its day, so that a month's row
depends on nothing later than the month.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from pipelines.loop.contact_rules import BOUNCE_DAYS, CUSTOMER, DAY, TRANSACTIONAL, outcomes_of
from pipelines.periods import Span
from pipelines.settings import Settings
from pipelines.value.months import business_day

EARLIER_DAYS = 365
# The last row is of so many surveys or more.
MOST = 6
# More than the days between any two dates.
MANY_DAYS = 1_000_000


def contacts(
    responses: pl.LazyFrame,
    invitations: pl.LazyFrame,
    *,
    span: Span,
    settings: Settings,  # noqa: ARG001
) -> pl.DataFrame:
    """Rows of loop.contacts.

    Args:
        responses: core.responses: response and customer (numbers for their ids), day.
        invitations: core.invitations of people that are known: customer, response, day, invited_at, is_delivered,
            is_bounced, unsubscribed_at.
        span: the months to compute, and the clock.
        settings: not used; all figures share one signature.

    Returns:
        One row per month and number of surveys, up to MOST.
    """
    answers = responses.select("response", CUSTOMER, DAY)
    sent, answered = pl.collect_all(
        [
            invitations.with_columns(unsubscribed_day=business_day(pl.col("unsubscribed_at"), span.clock))
            .join(answers.select("response", answer_day=DAY), on="response", how="left")
            .sort(CUSTOMER, DAY, "invited_at", "response", nulls_last=True),
            answers.drop_nulls(CUSTOMER),
        ]
    )
    gone = sent.select(CUSTOMER, day="unsubscribed_day", left_day="unsubscribed_day").drop_nulls().sort(DAY)
    same = pl.col(CUSTOMER).shift(1) == pl.col(CUSTOMER)
    asked = (
        sent.with_columns(
            _surveys(sent),
            previous=pl.when(same).then(pl.col(DAY).shift(1)),
            yesterday=pl.col(DAY) - timedelta(days=1),
        )
        .filter(pl.col(DAY).is_between(span.months.start, span.months.end, closed="left"))
        .sort("yesterday")
    )
    judged = (
        _latest(asked, outcomes_of(sent, answered))
        .pipe(_latest, gone)
        .pipe(_latest, answered.select(CUSTOMER, DAY, heard=DAY).unique().sort(DAY))
        .with_columns(
            month=pl.col(DAY).dt.month_start(),
            too_soon=(pl.col(DAY) - pl.max_horizontal("previous", "heard")) < timedelta(days=TRANSACTIONAL),
            after_leaving=pl.col("left_day").is_not_null(),
        )
    )
    # The clocks of two programs may differ by a day; earlier answers do not belong to the invitation.
    in_month = (pl.col("answer_day") < pl.col("month").dt.offset_by("1mo")) & (
        pl.col("answer_day") >= pl.col("yesterday")
    )
    broken = {name: pl.col(name).fill_null(value=False) for name in ("too_soon", "after_leaving", "bounced")}
    return (
        judged.group_by("month", "surveys")
        .agg(
            customers=pl.col(CUSTOMER).n_unique().cast(pl.Int64),
            invitations=pl.len().cast(pl.Int64),
            broken_rules=pl.any_horizontal(broken.values()).sum().cast(pl.Int64),
            too_soon=broken["too_soon"].sum().cast(pl.Int64),
            after_unsubscribing=broken["after_leaving"].sum().cast(pl.Int64),
            after_bouncing=broken["bounced"].sum().cast(pl.Int64),
            answered=in_month.sum().cast(pl.Int64),
            response_rate=in_month.fill_null(value=False).mean(),
        )
        .sort("month", "surveys")
    )


def _surveys(sent: pl.DataFrame) -> pl.Series:
    """Which survey of the year up to its day each invitation is for the customer: 1 the first, MOST for all later ones.

    sent: in order of customer and day.
    """
    days = sent[DAY].to_physical().to_numpy().astype(np.int64)
    person = sent[CUSTOMER].rle_id().to_numpy().astype(np.int64) * MANY_DAYS
    first = np.searchsorted(person + days, person + days - EARLIER_DAYS, side="right")
    return pl.Series("surveys", np.minimum(np.arange(1, sent.height + 1) - first, MOST))


def _latest(asked: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """The customer's latest event of the BOUNCE_DAYS before the day of each invitation."""
    dated = events.rename({DAY: "event_day"})
    return asked.join_asof(
        dated,
        left_on="yesterday",
        right_on="event_day",
        by=CUSTOMER,
        tolerance=timedelta(days=BOUNCE_DAYS),
        check_sortedness=False,
    ).drop("event_day")
