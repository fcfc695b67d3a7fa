"""Orders, invitations and answers in order of time, and every customer's last one in a window.

Here: events sorted once, so that a window is one slice of rows, however many windows overlap. Not here: what is counted
of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.periods import Clock

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
NEVER = pl.lit(None, pl.Date)
_LAST_DAY = np.iinfo(np.int32).max


@dataclass(frozen=True)
class Events:
    """Events in order of time.

    rows: customer_id (a number), day, until (the first day on which the event no longer counts; null for never), and
    the columns `keep`. Events without a customer never count as anyone's last.
    """

    rows: pl.DataFrame

    @cached_property
    def day(self) -> NDArray[np.int32]:
        """Business day, days since 1970."""
        return self.rows["day"].to_physical().to_numpy()

    @cached_property
    def until(self) -> NDArray[np.int32]:
        """First day on which the event no longer counts."""
        return self.rows["until"].to_physical().fill_null(_LAST_DAY).to_numpy()

    @cached_property
    def customer(self) -> Ints:
        """Customer numbers from 1 on; 0 for events without a customer."""
        numbers: Ints = self.rows.select((pl.col("customer_id").cast(pl.Int64) + 1).fill_null(0)).to_series().to_numpy()
        return numbers

    @cached_property
    def customers(self) -> int:
        """One more than the largest customer number."""
        return int(self.customer.max(initial=0)) + 1

    @cached_property
    def before(self) -> Ints:
        """Row number of the same customer's previous event; -1 if there is none."""
        order = self.rows.select(pl.arg_sort_by("customer_id", maintain_order=True)).to_series().to_numpy()
        owner = self.customer[order]
        again = np.flatnonzero((owner[1:] == owner[:-1]) & (owner[1:] > 0))
        before = np.full(len(owner), -1)
        before[order[again + 1]] = order[again]
        return before

    @cached_property
    def next_day(self) -> NDArray[np.int32]:
        """Day of the same customer's next event; beyond all days if there is none."""
        again = np.flatnonzero(self.before >= 0)
        days = np.full(len(self.before), _LAST_DAY, dtype=np.int32)
        days[self.before[again]] = self.day[again]
        return days

    def stretch(self, start: date, end: date) -> slice:
        """The rows of the days from `start` (inclusive) to `end` (exclusive)."""
        return slice(*np.searchsorted(self.day, [day_number(start), day_number(end)]))

    def within(self, start: date, end: date) -> Ints:
        """Row numbers of the events of these days that still count when `end` begins."""
        days = self.stretch(start, end)
        counting: Ints = days.start + np.flatnonzero(self.until[days] >= day_number(end))
        return counting

    def is_last(self, owner: Ints) -> Flags:
        """Whether each of these events, given by customer in order of time, is its customer's last."""
        place = np.arange(len(owner), dtype=np.int32)
        latest = np.zeros(self.customers, dtype=np.int32)
        np.maximum.at(latest, owner, place)
        final: Flags = (latest[owner] == place) & (owner > 0)
        return final


def day_number(day: date) -> np.int32:
    """Days since 1970."""
    number: np.int32 = np.datetime64(day, "D").astype(np.int32)
    return number


def buyers_of(orders: pl.LazyFrame, clock: Clock, *, keep: Sequence[str] = ()) -> Events:
    """Orders as events. An order counts if it is not cancelled, its amount is known, and it is not refunded in full.

    A full refund stops an order from counting in windows that end after the refund's day; without a date, the refund
    counts on the order's day.

    Args:
        orders: core.orders, with the columns `keep`.
        clock: what is now; refunds after it have not happened.
        keep: further columns of the rows.
    """
    gross, refunded = pl.col("gross"), pl.col("refunded").fill_null(0)
    back = pl.col("refunded_at").dt.convert_time_zone("UTC")
    in_full = (refunded > 0) & (refunded >= gross)
    day = pl.max_horizontal("order_date", back.dt.convert_time_zone(clock.zone).dt.date())
    sold = ~pl.col("is_cancelled") & gross.is_not_null() & (gross >= 0)
    # Orders that never count stay, with a date before all windows: dropping rows would cost more.
    until = (
        pl.when(~sold.fill_null(value=False))
        .then(pl.lit(date.min))
        .when(~in_full)
        .then(None)
        .when(back.is_null())
        .then("order_date")
        .when(back <= clock.as_of.astimezone(UTC))
        .then(day)
    )
    return _in_time(orders, ("order_date", "ordered_at", "order_id"), until=until, keep=keep)


def answers_of(responses: pl.LazyFrame, *, keep: Sequence[str] = ()) -> Events:
    """Answers as events, those without a customer included."""
    return _in_time(responses, ("response_date", "responded_at", "response_id"), until=NEVER, keep=keep)


def invited_of(invitations: pl.LazyFrame, *, keep: Sequence[str] = ()) -> Events:
    """Invitations as events, those without a customer included."""
    return _in_time(invitations, ("invited_date", "invited_at", "invitation_id"), until=NEVER, keep=keep)


def in_time(events: pl.LazyFrame, by: tuple[str, str, str]) -> pl.LazyFrame:
    """Events sorted by day, time and id (the columns `by`), or by `place` where they have one (numbered tables).

    Collects events with a `place`, to see whether they are sorted already.
    """
    if "place" not in events.collect_schema():
        return events.sort(by)
    numbered = events.collect()
    return (numbered if numbered["place"].is_sorted() else numbered.sort("place")).lazy()


def _in_time(events: pl.LazyFrame, by: tuple[str, str, str], *, until: pl.Expr, keep: Sequence[str]) -> Events:
    return Events(in_time(events, by).select("customer_id", *keep, day=by[0], until=until).collect())
