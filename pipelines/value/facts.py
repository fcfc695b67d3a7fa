"""What the customers of a shop did, as arrays in order of time: the input of every reduction of value.

Here: orders, days with a purchase, answers and referrals, by the number of the customer. Not here: which rows of core
count (records.py), what they add up to at a month's end (customer_months.py).

A customer's number is the place of their id among all ids, so a column per customer is an array. All sums are of
integers and do not depend on the order of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.periods import Clock
from pipelines.value.records import NEVER

Ints = NDArray[np.int64]
Places = NDArray[np.int32]

UNSURVEYED = "unsurveyed"
CATEGORIES = ("promoter", "passive", "detractor", UNSURVEYED)
ORDERED = pl.Enum(CATEGORIES)
NOT_FIRST = -1
# What is known of an order, by which customers are told apart.
KINDS = ("country", "product_category", "channel", "discounted")
# As core.order_segments names what is not known.
UNKNOWN = "unknown"
PLACE_BITS = 32


@dataclass(frozen=True)
class Held:
    """Rows that each hold for a range of months, start <= month < stop; arrays of equal length, in order of the days.

    customer: their number. day: since 1970. by_start: the places of the rows in order of their start.
    """

    customer: Places
    day: Places
    start: Places
    stop: Places
    by_start: Places

    @cached_property
    def by_stop(self) -> Places:
        """The places of the rows that end, in order of their stop."""
        ending = np.flatnonzero(self.stop < NEVER)
        return ending[in_order(self.stop[ending])].astype(np.int32)

    @cached_property
    def by_customer(self) -> Places:
        """The places of the rows in order of the customers, those of one in order of time."""
        return in_order(self.customer)

    @cached_property
    def of_customer(self) -> Ints:
        """Where the rows of each customer begin in by_customer; one more at the end."""
        return np.append(0, np.cumsum(np.bincount(self.customer)))

    def holds(self, rows: Ints | Places | slice, month: int) -> NDArray[np.bool_]:
        """By row of those given: whether it holds in the month."""
        held: NDArray[np.bool_] = (self.start[rows] <= month) & (self.stop[rows] > month)
        return held

    def entering(self, after: int, until: int) -> Places:
        """Places of the rows that hold in the month `until` and began after the month `after`."""
        rows = self.by_start[self._until(after) : self._until(until)]
        return rows[self.stop[rows] > until]

    def leaving(self, after: int, until: int) -> Places:
        """Places of the rows that held in the month `after` and no longer do in the month `until`."""
        begin, end = np.searchsorted(self.stop[self.by_stop], (after, until), "right")
        rows = self.by_stop[begin:end]
        return rows[self.start[rows] <= after]

    def _until(self, month: int) -> int:
        """How many rows begin in the month or before."""
        first, counts = self._begun
        return int(counts[min(max(month - first + 1, 0), len(counts) - 1)])

    @cached_property
    def _begun(self) -> tuple[int, Ints]:
        """The first month in which a row begins, and how many begin before each month from there on."""
        first = int(self.start.min(initial=NEVER))
        return first, np.append(0, np.cumsum(np.bincount(self.start - first))) if len(self.start) else np.zeros(1, int)

    def of_days(self, first: int, end: int, month: int) -> Ints:
        """Places of the rows of the days from `first` up to, not including, `end` that hold in a month."""
        # Bounds of another type have all days converted first, 0.5 ms for each of some hundred calls.
        begin, stop = np.searchsorted(self.day, np.array([first, end], dtype=self.day.dtype))
        places: Ints = np.flatnonzero(self.holds(slice(begin, stop), month)) + begin
        return places

    def of_customers(self, customers: Ints, month: int) -> Places:
        """Places of these customers' rows that hold in a month, in order of the customers and of time."""
        first, last = self.of_customer[customers], self.of_customer[customers + 1]
        rows = self.by_customer[ranges(first, last)]
        return rows[self.holds(rows, month)]


class Segments(NamedTuple):
    """Names of segments, in order, and by row the place of its segment among them."""

    names: list[str]
    of_row: Places


@dataclass(frozen=True)
class Sales(Held):
    """Rows of the orders of known customers (records.order_rows), in order of the orders.

    order: number of the order, which grows with its time and, at one instant, with its id. ordered_at: microseconds
    since 1970. counts: whether it counts. revenue, cents: see order_rows. kinds: KINDS.
    """

    order: Places
    ordered_at: Ints
    counts: NDArray[np.bool_]
    revenue: Ints
    cents: Ints
    kinds: pl.DataFrame

    @cached_property
    def lasting(self) -> NDArray[np.bool_]:
        """By row: whether it holds from the month of its order for ever."""
        month = self.day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 12 * 1970
        lasting: NDArray[np.bool_] = (self.stop == NEVER) & (self.start == month)
        return lasting

    def segments(self, kind: str) -> Segments:
        """The segments of a kind and, by row, the place of its segment among them."""
        if kind not in self._segments:
            self._segments[kind] = _segments(self.kinds[kind])
        return self._segments[kind]

    @cached_property
    def _segments(self) -> dict[str, Segments]:
        return {}

    def of_any(self, customers: Places) -> Ints:
        """Places of the rows of these customers."""
        return np.flatnonzero(np.isin(self.customer, customers))

    def frame(self, places: Ints) -> pl.DataFrame:
        """The rows at these places: order_id, customer_id, day, ordered_at, start, stop, orders, revenue, cents."""
        columns: dict[str, NDArray[Any]] = {
            "order_id": self.order,
            "customer_id": self.customer,
            "day": self.day,
            "ordered_at": self.ordered_at,
            "start": self.start,
            "stop": self.stop,
            "orders": self.counts,
            "revenue": self.revenue,
            "cents": self.cents,
        }
        return pl.DataFrame({name: values[places] for name, values in columns.items()}).with_columns(
            pl.col("day").cast(pl.Date),
            pl.col("ordered_at").cast(pl.Datetime("us", "UTC")),
            pl.col("orders").cast(pl.Int64),
        )


@dataclass(frozen=True)
class Days(Held):
    """Orders that count and cents of each customer and day, as long as these hold; one row of a day at any month."""

    orders: Places
    cents: Ints


@dataclass(frozen=True)
class Answers:
    """The answers of known customers, in order of time; at one instant, of their ids.

    customer: their number. answered_at: microseconds since 1970. month: since year 0. category: place in CATEGORIES.
    rows: the answers themselves, in the same order: response_id, a number that grows likewise; customer_id,
    responded_at, response_date, score, category, answered_order (see Sales.order).
    """

    customer: Places
    answered_at: Ints
    month: Places
    category: NDArray[np.int8]
    rows: pl.DataFrame

    def chosen(self, mask: NDArray[np.bool_]) -> Answers:
        """Those for which the mask is true."""
        return Answers(
            customer=self.customer[mask],
            answered_at=self.answered_at[mask],
            month=self.month[mask],
            category=self.category[mask],
            rows=self.rows.filter(pl.Series(mask)),
        )


@dataclass(frozen=True, eq=False)
class Facts:
    """What happened in a shop until the clock.

    names: customer_id by number. nobody: revenue (cents) of orders without a customer by day, start and stop. opened:
    day of the first order, cancelled or not. first_day: of the first one that was not cancelled. responses: all
    answers, those of nobody too, as rows of core.responses with numbers. referrals: see records.known_referrals, with
    numbers. models: value.models, whose fits are reused.
    """

    clock: Clock
    names: pl.Series
    sales: Sales
    nobody: pl.DataFrame
    opened: date | None
    first_day: date | None
    responses: pl.LazyFrame
    answers: Answers
    referrals: pl.DataFrame
    models: pl.DataFrame

    @cached_property
    def people(self) -> int:
        """How many numbers of customers there are: one more than the greatest."""
        numbers = (int(rows.customer.max(initial=-1)) + 1 for rows in (self.sales, self.answers))
        return max(len(self.names), *numbers)

    @cached_property
    def revenue_by_month(self) -> pl.DataFrame:
        """Revenue (cents) of all orders by sold_in, the first day of their month, and the months in which it holds."""
        sales = pl.DataFrame(
            {"day": self.sales.day, "start": self.sales.start, "stop": self.sales.stop, "revenue": self.sales.revenue}
        ).with_columns(pl.col("day").cast(pl.Date))
        sold_in = pl.col("day").dt.month_start().alias("sold_in")
        return (
            pl.concat([sales, self.nobody.select(sales.columns)])
            .group_by(sold_in, "start", "stop")
            .agg(pl.col("revenue").sum())
        )

    @cached_property
    def days(self) -> Days:
        """The days with orders of each customer."""
        return _days(self.sales)


def _segments(kind: pl.Series) -> Segments:
    """Of a categorical column; unknown where it is null."""
    names = sorted({*kind.unique().drop_nulls().cast(pl.String), UNKNOWN})
    known = kind.cast(pl.Enum(names)).fill_null(UNKNOWN)
    return Segments(names, known.to_physical().cast(pl.Int32).to_numpy())


def categories(places: NDArray[np.int8]) -> pl.Series:
    """The categories at these places in CATEGORIES, as an Enum."""
    return pl.Series(places.astype(np.uint8)).cat.to(ORDERED)


def ranges(first: Ints, last: Ints) -> Ints:
    """The whole numbers from each `first` up to, not including, its `last`, one range after the other.

    >>> ranges(np.array([5, 9]), np.array([7, 10])).tolist()
    [5, 6, 9]
    """
    lengths = last - first
    ends = np.cumsum(lengths)
    places: Ints = np.arange(ends[-1] if len(ends) else 0) + np.repeat(first - ends + lengths, lengths)
    return places


def in_order(values: Places) -> Places:
    """The places of the values in their order, equal ones in order of their places.

    Value and place are sorted as one number, in a fifth of the time of a stable argsort.
    """
    numbers = values.astype(np.int64) << PLACE_BITS | np.arange(len(values))
    numbers.sort()
    return (numbers & (1 << PLACE_BITS) - 1).astype(np.int32)


def _days(sales: Sales) -> Days:
    """Totals of the customers' days, and for days with a row that ends or begins late, of every range of months."""
    rows = sales.by_customer
    customer, day = sales.customer[rows], sales.day[rows]
    is_first = np.append(True, (np.diff(customer) != 0) | (np.diff(day) != 0))[: len(rows)]
    # By row in order of the customers: the place of its day among all days of all customers.
    of_day = np.cumsum(is_first) - 1
    changes = np.zeros(len(rows) and int(of_day[-1]) + 1, dtype=bool)
    changes[of_day[~sales.lasting[rows]]] = True
    begin, passing = np.flatnonzero(is_first), changes[of_day]
    # Rows of a day that does not change are summed into its first one, which keeps the order of time.
    orders, cents = (
        np.add.reduceat(values[rows], begin, dtype=np.int64) if len(rows) else np.zeros(0, np.int64)
        for values in (sales.counts, sales.cents)
    )
    steady = np.full(len(rows), NOT_FIRST, dtype=np.int32)
    steady[rows[begin[~changes]]] = np.flatnonzero(~changes)
    places = np.flatnonzero(steady != NOT_FIRST)
    days, changing = steady[places], _changing_days(sales, np.sort(rows[passing]))
    columns = {
        "customer": (sales.customer[places], changing["customer"]),
        "day": (sales.day[places], changing["day"]),
        "start": (sales.start[places], changing["start"]),
        "stop": (sales.stop[places], changing["stop"]),
        "orders": (orders[days].astype(np.int32), changing["orders"]),
        "cents": (cents[days], changing["cents"]),
    }
    joined = {name: np.concatenate(both) for name, both in columns.items()}
    if len(changing["day"]):
        by_day = in_order(joined["day"])
        joined = {name: values[by_day] for name, values in joined.items()}
    return Days(by_start=in_order(joined["start"]), **joined)


def _changing_days(sales: Sales, places: Places) -> dict[str, NDArray[Any]]:
    """The ranges of months of days with these rows: running sums of what each row adds and takes away."""
    frame = pl.DataFrame(
        {
            "customer": sales.customer[places],
            "day": sales.day[places],
            "start": sales.start[places],
            "stop": sales.stop[places],
            "orders": sales.counts[places].astype(np.int32),
            "cents": sales.cents[places],
        }
    )
    taken = -pl.col("orders", "cents")
    ending = frame.filter(pl.col("stop") < NEVER).with_columns(taken, start="stop")
    rows = (
        pl.concat([frame, ending])
        .group_by("day", "customer", "start")
        .agg(pl.col("orders", "cents").sum())
        .sort("day", "customer", "start")
        .select(
            "customer",
            "day",
            "start",
            stop=pl.col("start").shift(-1).over("customer", "day").fill_null(NEVER).cast(pl.Int32),
            orders=pl.col("orders").cum_sum().over("customer", "day").cast(pl.Int32),
            cents=pl.col("cents").cum_sum().over("customer", "day"),
        )
    )
    return {name: rows[name].to_numpy() for name in rows.columns}
