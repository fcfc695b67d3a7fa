"""Purchases, answers and invitations of the two years before an instant, by customer, as they were known then.

Here: who bought in a window, first and last, what came before and after, and which answers belong to it. Not here: what
follows from it for the score. Several orders of a customer on a day are one purchase; only days matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.nps.events import Events, answers_of, buyers_of, day_number, invited_of
from pipelines.periods import Clock

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

YEAR = 365
# Days before a window's end that are looked at: a year of first orders, and for each the purchases of a year before it.
MEMORY = 2 * YEAR + 1
# What is read of every order: its key among the answers, its segments, and its delivery.
SEGMENTS = ("account_type", "country", "product_category", "order_value_band")
KEPT_OF_ORDERS = ("order_key", *SEGMENTS, "days_late", "delivered_at")
KEPT_OF_ANSWERS = ("order_key", "stage", "score", "responded_at")
# Stages of answers given when the order had arrived, as far as anybody knows, and of answers given before that.
AFTER, BEFORE = ("post_delivery", "post_order"), "pre_delivery"
# With fewer answers after delivery in MEMORY, those before it stand for them.
LEAST_AFTER = 30
# Days since 1970 fit below, so that customer * _DAYS + day sorts by both; seconds likewise.
_DAYS, _SECONDS = 1 << 20, 1 << 33
_NEVER = -1


@dataclass(frozen=True)
class Sources:
    """Everything that happened by the clock, in order of time, with the same customer numbers from 1 on.

    by_customer: rows of the orders by customer, then by time; nobody's orders left out. key, day, until: of these rows,
    in their order; key sorts by customer and day. answered_order: by answer, row of the order it is about, -1 unless it
    was given after delivery or before it. asked: by such an answer, row of the customer's last invitation before it, -1
    without one. score: by answer. is_after: by answer, given after delivery.
    """

    orders: Events
    answers: Events
    invitations: Events
    by_customer: Ints
    key: Ints
    day: Ints
    until: Ints
    answered_order: Ints
    asked: Ints
    score: Ints
    is_after: Flags
    zone: str

    @classmethod
    def of(
        cls, orders: pl.LazyFrame, answers: pl.LazyFrame, invitations: pl.LazyFrame, *, clock: Clock, first: date
    ) -> Sources:
        """Orders with KEPT_OF_ORDERS, core.responses and core.invitations, customers as numbers.

        first: the first day whose end is looked at.
        """
        sold = buyers_of(orders, clock, keep=KEPT_OF_ORDERS)
        given = answers_of(answers, keep=KEPT_OF_ANSWERS)
        recent = invitations.filter(pl.col("invited_date") >= first - timedelta(days=YEAR))
        sent = invited_of(recent, keep=("invited_at", "reminders"))
        # Customer and row as one number: sorting numbers takes a third of the time of a stable argsort.
        count = max(sold.rows.height, 1)
        rows = np.sort(sold.customer * count + np.arange(sold.rows.height)) % count
        rows = rows[np.searchsorted(sold.customer[rows], 1) :]
        about = _answered_order(sold, given)
        return cls(
            sold,
            given,
            sent,
            rows,
            sold.customer[rows] * _DAYS + sold.day[rows],
            sold.day[rows],
            sold.until[rows],
            about,
            _asked(sent, given, about),
            given.rows["score"].cast(pl.Int64).to_numpy(),
            given.rows["stage"].is_in(AFTER).to_numpy(),
            clock.zone,
        )

    @cached_property
    def customers(self) -> int:
        """One more than the largest customer number."""
        return max(events.customers for events in (self.orders, self.answers))

    @cached_property
    def segments(self) -> dict[str, NDArray[Any]]:
        """By name of SEGMENTS and order: place among the segments in alphabetical order, the last for none.

        Coded once for all months: to gather and code them for each takes a third of the time of nps.everybody.
        """
        return {name: _coded(self.orders.rows[name]) for name in SEGMENTS}

    @cached_property
    def stage(self) -> NDArray[Any]:
        """By answer: place of its stage among the stages."""
        return _coded(self.answers.rows["stage"])

    @cached_property
    def delivered_at(self) -> Ints:
        """By order: seconds since 1970, beyond all for those not delivered."""
        return self.orders.rows["delivered_at"].dt.epoch("s").fill_null(_SECONDS).to_numpy()

    @cached_property
    def lateness(self) -> NDArray[np.int8]:
        """By order, once it is delivered: 1 in time, 2 late, 0 without a promise."""
        is_late = pl.col("days_late") > 0
        late = self.orders.rows.select(pl.when(is_late).then(2).when(~is_late).then(1).otherwise(0).cast(pl.Int8))
        return late.to_series().to_numpy()

    def begins(self, day: date) -> int:
        """When a day begins, in seconds since 1970."""
        return int(datetime.combine(day, time.min, ZoneInfo(self.zone)).timestamp())


def _coded(column: pl.Series) -> NDArray[Any]:
    """The place of each value among all in their order, one more for null."""
    # Not as categories, whose numbers depend on what the process has seen before: so would the last digits of sums.
    values = column.unique().drop_nulls().cast(pl.String).sort()
    codes = column.cast(pl.Enum(values)).to_physical().cast(pl.UInt32).fill_null(len(values))
    return codes.to_numpy().astype(np.min_scalar_type(len(values)))


def _answered_order(orders: Events, answers: Events) -> Ints:
    near = pl.col("stage").is_in((*AFTER, BEFORE))
    keys = answers.rows.select(pl.when(near).then("order_key").alias("order_key"))
    rows = orders.rows.select("order_key").with_row_index("row")
    found: Ints = keys.join(rows, on="order_key", how="left", maintain_order="left")["row"].fill_null(-1).to_numpy()
    return found


def _asked(invitations: Events, answers: Events, about: Ints) -> Ints:
    asked, given = np.full(len(about), -1), np.flatnonzero(about >= 0)
    if not invitations.rows.height or not len(given):
        return asked
    sent = invitations.customer * _SECONDS + _seconds(invitations.rows["invited_at"])
    order = np.argsort(sent)
    owner = answers.customer[given]
    at = owner * _SECONDS + _seconds(answers.rows["responded_at"].gather(given))
    row = order[np.maximum(np.searchsorted(sent[order], at, side="right") - 1, 0)]
    is_own = (invitations.customer[row] == owner) & (owner > 0) & (sent[row] <= at)
    asked[given[is_own]] = row[is_own]
    return asked


@dataclass(frozen=True)
class Buyers:
    """The distinct buyers of a window, by customer number; all arrays have one entry per buyer.

    first, last: place of the first and last purchase of the window. heard: row of the last answer in the window, -1
    without one; earlier: of the last answer before the window.
    """

    customer: Ints
    first: Ints
    last: Ints
    heard: Ints
    earlier: Ints


@dataclass(frozen=True)
class History:
    """What was known when `end` began. Purchases are numbered by customer, then by day.

    key: sorts by customer and day. owner, day: customer and day of every purchase. first_order, last_order: row of the
    day's first and last order.
    """

    sources: Sources
    end: date
    key: Ints
    owner: Ints
    day: Ints
    first_order: Ints
    last_order: Ints

    @classmethod
    def at(cls, sources: Sources, end: date) -> History:
        """Orders that count when `end` begins, of the MEMORY before it."""
        first, last = day_number(end - timedelta(days=MEMORY)), day_number(end)
        # Sorted and gathered by customer once: gathering the orders anew for every month takes three times as long.
        places = np.flatnonzero((sources.day >= first) & (sources.day < last) & (sources.until >= last))
        rows, key = sources.by_customer[places], sources.key[places]
        begins = np.flatnonzero(np.diff(key, prepend=-1) != 0)
        ends = np.append(begins[1:], len(key))[: len(begins)] - 1
        key = key[begins]
        return cls(sources, end, key, *np.divmod(key, _DAYS), rows[begins], rows[ends])

    @cached_property
    def next_day(self) -> Ints:
        """Day of the same customer's next purchase, -1 if there was none by the end."""
        again = np.append(self.owner[1:] == self.owner[:-1], [False])[: len(self.owner)]
        return np.where(again, np.append(self.day[1:], [_NEVER])[: len(self.day)], _NEVER)

    def purchases_before(self, purchase: Ints) -> Ints:
        """Number of the same customer's purchases in the year before each of these purchases."""
        owner, day = self.owner[purchase], self.day[purchase]
        # The day of a key is never below 0, so the search ends where the customer begins.
        since: Ints = np.searchsorted(self.key, owner * _DAYS + np.maximum(day - YEAR, 0))
        return purchase - since

    def buyers(self, start: date) -> Buyers:
        """Who bought from `start` to the end."""
        inside = np.flatnonzero(self.day >= day_number(start))
        owner = self.owner[inside]
        first = inside[np.diff(owner, prepend=-1) != 0]
        last = inside[np.diff(owner, append=-1) != 0]
        customer = self.owner[first]
        since = self.end - timedelta(days=MEMORY)
        return Buyers(
            customer,
            first,
            last,
            self._last_answer(start, self.end)[customer],
            self._last_answer(since, start)[customer],
        )

    def _last_answer(self, start: date, end: date) -> Ints:
        """Row of every customer's last answer of these days, -1 without one."""
        answers = self.sources.answers
        days = answers.stretch(start, end)
        last = np.full(self.sources.customers, -1)
        np.maximum.at(last, answers.customer[days], np.arange(days.start, days.stop))
        return last

    @cached_property
    def is_before_delivery(self) -> bool:
        """Whether answers before delivery stand for answers after it, of which there are too few."""
        days = self.sources.answers.stretch(self.end - timedelta(days=MEMORY), self.end)
        about = self.sources.answered_order[days] >= 0
        after = int((about & self.sources.is_after[days]).sum())
        return after < LEAST_AFTER <= int(about.sum())

    @cached_property
    def _answer(self) -> Ints:
        """Row of the last answer about every order after its delivery, -1 without one."""
        sources = self.sources
        days = sources.answers.stretch(self.end - timedelta(days=MEMORY), self.end)
        rows = days.start + np.flatnonzero(sources.is_after[days] | self.is_before_delivery)
        # The last place is for answers about no order.
        answer = np.full(sources.orders.rows.height + 1, -1)
        np.maximum.at(answer, sources.answered_order[rows], rows)
        answer[-1] = -1
        return answer

    def answer_about(self, purchase: Ints) -> Ints:
        """Row of the answer about the first order of each of these purchases, -1 without one."""
        answers: Ints = self._answer[self.first_order[purchase]]
        return answers

    @cached_property
    def scores_of_two_orders(self) -> tuple[Ints, Ints]:
        """The scores of each customer's last two purchases with an answer, for customers who have two."""
        answer = self._answer[self.first_order]
        heard = np.flatnonzero(answer >= 0)
        owner, score = self.owner[heard], self.sources.score[answer[heard]]
        is_last = np.diff(owner, append=-1) != 0
        again = np.flatnonzero(is_last[1:] & (np.diff(owner) == 0)) + 1
        return score[again - 1], score[again]

    def waits(self, purchase: Ints, answer: Ints) -> tuple[Ints, Ints]:
        """Seconds from invitation to each of these answers, -1 if none is known since the purchase; and reminders."""
        asked = self.sources.asked[answer]
        sent = self.sources.invitations
        known = asked >= 0
        known[known] = sent.day[asked[known]] >= self.day[purchase[known]]
        wait, reminders = np.full(len(answer), -1), np.zeros(len(answer), dtype=np.int64)
        given = _seconds(self.sources.answers.rows["responded_at"].gather(answer[known]))
        wait[known] = given - _seconds(sent.rows["invited_at"].gather(asked[known]))
        reminders[known] = sent.rows["reminders"].gather(asked[known]).fill_null(0).cast(pl.Int64).to_numpy()
        return wait, reminders


def _seconds(times: pl.Series) -> Ints:
    seconds: Ints = times.dt.epoch("s").cast(pl.Int64).to_numpy()
    return seconds
