"""Who should be asked in a month, and in which days: the occasions of the survey plan.

Here: one row of OCCASIONS per occasion, and the customers for whom it arises. Not here: who may be asked
(contact_rules.py), and who is asked beyond these where answers are few (top_up.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from pipelines.loop.contact_rules import CUSTOMER, DAY, RELATIONAL, TRANSACTIONAL
from pipelines.periods import next_month


@dataclass(frozen=True)
class Occasion:
    """A reason to ask somebody.

    stage: of core.responses. first, last: days from the event to the first and last day on which to ask; a window is
    shorter than the quiet days, so that a person is asked in it once at most. needs_consent: not having refused is not
    enough, because there is no recent order.
    """

    stage: str
    first: int
    last: int
    quiet: int
    needs_consent: bool = False


# Delivery: late enough to have used it, early enough to remember it. An order whose delivery nobody recorded is asked
# about when it should have come. Half and three quarters of a year: 183 and 274 days.
OCCASIONS = {
    "after_delivery": Occasion("post_delivery", 2, 7, TRANSACTIONAL),
    "after_order": Occasion("post_order", 10, 24, TRANSACTIONAL),
    "again": Occasion("relational", 60, 90, TRANSACTIONAL),
    "six_months": Occasion("relational", 183, 212, RELATIONAL),
    "nine_months": Occasion("relational", 274, 303, RELATIONAL),
    "lapsed": Occasion("relational", 366, 395, RELATIONAL, needs_consent=True),
    "never_bought": Occasion("prospect", 14, 43, RELATIONAL, needs_consent=True),
}
TOP_UP = "top_up"
REASONS = (*OCCASIONS, TOP_UP)
# Days by which the records of invitations lag behind those that the plan asked for: its last days of the month before
# count as contacts.
LAG_DAYS = 7
# An answer that came so soon after another is not followed by a further re-survey: else everybody who answers would be
# asked every 90 days for ever.
ONCE_IN = 180


def candidates(orders: pl.DataFrame, responses: pl.DataFrame, prospects: pl.DataFrame, month: date) -> pl.DataFrame:
    """The occasions whose window reaches the month or the LAG_DAYS before it: rows of customers and occasions.

    Args:
        orders: customer, day, delivered_day; those not cancelled, up to the month's end.
        responses: customer, day.
        prospects: customer, day (when they registered or agreed to be written to), until (their first order).
        month: first day of the month.

    Returns:
        customer, reason, stage, first, last, quiet, needs_consent, until: the day from which on the occasion is gone (a
        later order, or the delivery of an order not yet delivered), null for never.
    """
    end = next_month(month)
    since = earliest_first(month) - timedelta(days=max(occasion.first for occasion in OCCASIONS.values()))
    orders = orders.filter((pl.col(DAY) >= since) | (pl.col("delivered_day") >= since))
    last_orders = orders.sort(CUSTOMER, DAY).select(CUSTOMER, event=DAY, until=_neighbour(-1))
    recent = responses.filter(pl.col(DAY) >= earliest_first(month) - timedelta(days=OCCASIONS["again"].last + ONCE_IN))
    answers = recent.sort(CUSTOMER, DAY).with_columns(before=_neighbour(1))
    is_first = (pl.col(DAY) - pl.col("before") >= timedelta(days=ONCE_IN)).fill_null(value=True)
    never = pl.lit(None, pl.Date)
    events = {
        "after_delivery": orders.select(CUSTOMER, event="delivered_day", until=never),
        "after_order": orders.select(CUSTOMER, event=DAY, until="delivered_day"),
        "again": answers.filter(is_first).select(CUSTOMER, event=DAY, until=never),
        "six_months": last_orders,
        "nine_months": last_orders,
        "lapsed": last_orders,
        "never_bought": prospects.select(CUSTOMER, "until", event=DAY).select(CUSTOMER, "event", "until"),
    }
    return pl.concat([_windows(events[reason], reason, occasion, month, end) for reason, occasion in OCCASIONS.items()])


def earliest_first(month: date) -> date:
    """The earliest day with which a window that reaches the month may begin."""
    longest = max(occasion.last - occasion.first for occasion in OCCASIONS.values())
    return month - timedelta(days=LAG_DAYS + longest)


def _neighbour(step: int) -> pl.Expr:
    """The day of the same customer's row `step` rows before, in rows in order of customer and day; null without one."""
    return pl.when(pl.col(CUSTOMER).shift(step) == pl.col(CUSTOMER)).then(pl.col(DAY).shift(step))


def _windows(events: pl.DataFrame, reason: str, occasion: Occasion, month: date, end: date) -> pl.DataFrame:
    """The windows of an occasion that reach the month's days."""
    first, last = (timedelta(days=days) for days in (occasion.first, occasion.last))
    is_open = pl.col("until").is_null() | (pl.col("until") > pl.col("event"))
    return events.filter(
        pl.col("event") + last >= month - timedelta(days=LAG_DAYS), pl.col("event") + first < end, is_open
    ).select(
        CUSTOMER,
        reason=pl.lit(reason, pl.Enum(REASONS)),
        stage=pl.lit(occasion.stage),
        first=pl.col("event") + first,
        last=pl.col("event") + last,
        quiet=pl.lit(occasion.quiet, pl.Int64),
        needs_consent=pl.lit(occasion.needs_consent),
        until="until",
    )
