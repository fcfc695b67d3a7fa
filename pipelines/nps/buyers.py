"""Who did what last in a window: buyers by their last order, respondents by their last answer.

Here: orders and answers in the order of each customer's time, and the last of every customer in a window. Not here:
what is counted of them. A window takes the rows of its days and, of neighbours of one customer, the later: no row is
sorted or grouped more than once, however many windows hold it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date
from functools import cached_property
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.periods import Clock

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Counts = TypeVar("Counts")
# So many windows are counted at once, where there are processors for them: each takes memory of its own.
AT_ONCE = 4
NEVER = pl.lit(None, pl.Date)
_LAST_DAY = np.iinfo(np.int32).max


@dataclass(frozen=True)
class Events:
    """Events by customer and time. `rows`: customer_id, day, until (the first day on which it no longer counts), ...

    An event without a customer belongs to nobody and is last of nobody.
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
        """Customers by number, in order; -1 is nobody."""
        number = pl.col("customer_id").rle_id().cast(pl.Int64)
        known = pl.col("customer_id").is_not_null()
        numbers: Ints = self.rows.select(pl.when(known).then(number).otherwise(-1)).to_series().to_numpy()
        return numbers

    def within(self, start: date, end: date) -> Ints:
        """Row numbers of the events of the days from `start` up to, not with, `end` that count at its beginning."""
        first, last = (np.datetime64(edge, "D").astype(np.int32) for edge in (start, end))
        return np.flatnonzero((self.day >= first) & (self.day < last) & (self.until >= last))

    def last(self, start: date, end: date) -> Ints:
        """Row numbers of every customer's last event in the window."""
        return self.last_of(self.within(start, end))

    def last_of(self, found: Ints) -> Ints:
        """Row numbers of every customer's last event of those found."""
        return found[self.is_last(self.customer[found])]

    @staticmethod
    def is_last(owner: Ints) -> Flags:
        """Which of events of these customers, in order, are their customer's last."""
        final: Flags = owner >= 0
        final[:-1] &= owner[1:] != owner[:-1]
        return final


def of_each(windows: Iterable[tuple[date, date]], count: Callable[[date, date], Counts]) -> list[Counts]:
    """What is counted of every window (start, end), in their order; NumPy counts several at once."""
    with ThreadPoolExecutor(min(AT_ONCE, os.cpu_count() or 1)) as threads:
        return list(threads.map(lambda window: count(*window), windows))


def buyers_of(orders: pl.LazyFrame, clock: Clock, *, keep: Sequence[str] = ()) -> Events:
    """Orders that count or did: not cancelled, their money known and not given back in full by the window's end.

    A refund dated after a window's end had not happened in it. One without a date counts on the order's day.

    Args:
        orders: core.orders, with the columns `keep`.
        clock: what is now; refunds after it have not happened.
        keep: further columns of the result.
    """
    gross, refunded = pl.col("gross"), pl.col("refunded").fill_null(0)
    back = pl.col("refunded_at").dt.convert_time_zone("UTC")
    in_full = (refunded > 0) & (refunded >= gross)
    day = pl.max_horizontal("order_date", back.dt.convert_time_zone(clock.zone).dt.date())
    until = (
        pl.when(~in_full)
        .then(None)
        .when(back.is_null())
        .then("order_date")
        .when(back <= clock.as_of.astimezone(UTC))
        .then(day)
    )
    sold = ~pl.col("is_cancelled") & gross.is_not_null() & (gross >= 0)
    return _sorted(orders.filter(sold), ("ordered_at", "order_id"), day=pl.col("order_date"), until=until, keep=keep)


def answers_of(responses: pl.LazyFrame, *, keep: Sequence[str] = ()) -> Events:
    """Answers of known customers."""
    known = responses.filter(pl.col("customer_id").is_not_null())
    return _sorted(known, ("responded_at", "response_id"), day=pl.col("response_date"), until=NEVER, keep=keep)


def invited_of(invitations: pl.LazyFrame, *, keep: Sequence[str] = ()) -> Events:
    """Invitations of known customers."""
    known = invitations.filter(pl.col("customer_id").is_not_null())
    return _sorted(known, ("invited_at", "invitation_id"), day=pl.col("invited_date"), until=NEVER, keep=keep)


def _sorted(
    events: pl.LazyFrame, names: tuple[str, str], *, day: pl.Expr, until: pl.Expr, keep: Sequence[str]
) -> Events:
    """Events by customer, time and id, whose columns are `names`; those that have a `place` are in that order."""
    at, name = names
    columns = [pl.col("customer_id"), *(pl.col(column) for column in keep), day.alias("day"), until.alias("until")]
    if "place" in events.collect_schema():
        placed = events.select(*columns, "place").collect()
        return Events((placed if placed["place"].is_sorted() else placed.sort("place")).drop("place"))
    moment = pl.col(at).dt.convert_time_zone("UTC")
    rows = events.select(*columns, name, moment=moment).collect()
    # Customers by number: of text, a sort is most of the work. Which of two customers comes first tells nothing.
    rows = rows.with_columns(customer=pl.col("customer_id").cast(pl.Categorical).to_physical())
    # To sort the numbers of the rows, not the rows, is half the work.
    ordered = rows[rows.select(pl.arg_sort_by("customer", "moment", nulls_last=True)).to_series()]
    return Events(_ties_by(name, ordered).drop(name, "customer", "moment"))


def _ties_by(name: str, ordered: pl.DataFrame) -> pl.DataFrame:
    """The events, those of one customer at one instant by their id, which few are."""
    # Of nobody's events none is last.
    same = ordered.select(
        pl.all_horizontal(pl.col("customer", "moment") == pl.col("customer", "moment").shift()).fill_null(value=False)
    ).to_series()
    tied = (same | same.shift(-1, fill_value=False)).arg_true()
    if tied.is_empty():
        return ordered
    places = np.arange(ordered.height)
    among = ordered[tied].with_columns(place=tied).sort("customer", "moment", name)
    places[tied.to_numpy()] = among["place"].to_numpy()
    return ordered[places]
