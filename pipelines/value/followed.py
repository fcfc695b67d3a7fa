"""Answers followed to the customer's next order: the reduction behind value.repurchase.

Here: which answers a month follows, until when, and what ended it. Not here: the curves (repurchase.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from pipelines.value.facts import Answers, Facts, Ints
from pipelines.value.months import Month
from pipelines.value.timelines import NEVER_ORDERED, NOWHERE, Lines, Timelines

LONGEST = 365
MICROSECONDS_A_DAY = 86_400_000_000
_MONTHS = "-24mo"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Followed:
    """The answers of the 24 months to a month's end.

    An answer is followed to the customer's first order after it that counts, other than the order it is about; it is
    censored at the customer's next answer, the month's end or after 365 days, whichever comes first.
    """

    def __init__(self, facts: Facts, lines: Lines, months: Sequence[Month]) -> None:
        """Months: the months that may be asked for."""
        self._facts = facts
        days = facts.answers.rows["response_date"]
        first = pl.lit(months[0].end).dt.offset_by(_MONTHS)
        chosen = pl.select((days >= first) & (days < months[-1].end)).to_series().to_numpy()
        self._answers = facts.answers.chosen(chosen)
        rows = self._answers.rows
        self._day = rows["response_date"].cast(pl.Int32).to_numpy()
        order_of = rows["answered_order"].fill_null(NOWHERE).cast(pl.Int64).to_numpy()
        # The lines are large and not kept.
        placed = Timelines(lines, self._answers, order_of)
        self._around = placed.around
        # By answer: instant of the next order that counts and lasts.
        self._lasting = placed.next_counted(placed.here)
        self._next_answer = _next_answers(facts.answers)[chosen]

    def of_month(self, month: Month) -> pl.DataFrame:
        """One row per answer: category (Enum), score, customer_id, day (the last one followed, from 0), is_event."""
        edges = pl.select(pl.lit(month.end).dt.offset_by(_MONTHS), end=pl.lit(month.end)).cast(pl.Int32).row(0)
        answers = slice(*(int(place) for place in np.searchsorted(self._day, edges)))
        clock = self._facts.clock
        midnight = datetime(month.end.year, month.end.month, month.end.day, tzinfo=clock.tzinfo)
        followed_until = (min(midnight.astimezone(UTC), clock.as_of) - _EPOCH) // timedelta(microseconds=1)
        answered_at = self._answers.answered_at[answers]
        until = np.minimum(
            np.minimum(self._next_answer[answers], followed_until), answered_at + LONGEST * MICROSECONDS_A_DAY - 1
        )
        ordered_at = self._ordered(month)[answers]
        is_event = ordered_at <= until
        days = (np.where(is_event, ordered_at, until) - answered_at) // MICROSECONDS_A_DAY
        return self._answers.rows[answers].select(
            "category",
            "score",
            "customer_id",
            day=pl.Series(np.clip(days, 0, LONGEST - 1)),
            is_event=pl.Series(is_event),
        )

    def _ordered(self, month: Month) -> Ints:
        """By answer: instant of the next order that counts as known by the month's end."""
        sales, around = self._facts.sales, self._around.held(self._facts.sales, month)
        later = sales.counts[around.row] & (sales.ordered_at[around.row] > self._answers.answered_at[around.answer])
        ordered = self._lasting.copy()
        np.minimum.at(ordered, around.answer[later], sales.ordered_at[around.row[later]])
        return ordered


def _next_answers(answers: Answers) -> Ints:
    """By answer: instant of the same customer's next later answer."""
    by_customer = np.lexsort((answers.answered_at, answers.customer))
    customer, answered_at = answers.customer[by_customer], answers.answered_at[by_customer]
    is_last = np.ones(len(customer), dtype=bool)
    is_last[:-1] = (np.diff(customer) != 0) | (np.diff(answered_at) != 0)
    # The last place of each run of one customer and instant.
    places = np.minimum.accumulate(np.where(is_last, np.arange(len(customer)), len(customer))[::-1])[::-1]
    following = np.append(customer, -1)[places + 1] == customer if len(customer) else is_last
    next_answer = np.full(len(customer), NEVER_ORDERED)
    next_answer[by_customer] = np.where(following, np.append(answered_at, NEVER_ORDERED)[places + 1], NEVER_ORDERED)
    return next_answer
