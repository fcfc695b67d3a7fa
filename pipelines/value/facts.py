"""What the customers of a shop did, as arrays in order of time: the input of every reduction of value.

Here: orders, days with a purchase, answers and referrals, by the number of the customer. Not here: which rows of core
count (records.py), what they add up to at a month's end (customer_months.py).

A customer's number is the place of their id among all ids, so a column per customer is an array. All sums are of
integers and do not depend on the order of rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.margins import Margins
from pipelines.periods import Clock
from pipelines.value.months import happened, month_number, utc
from pipelines.value.records import NEVER, known_answers, known_referrals, order_rows
from pipelines.warehouse.tables import empty

Ints = NDArray[np.int64]
Places = NDArray[np.int32]

UNSURVEYED = "unsurveyed"
CATEGORIES = ("promoter", "passive", "detractor", UNSURVEYED)
ORDERED = pl.Enum(CATEGORIES)
# What the functions of value take, and the tables of core and value.
TABLES = {
    "orders": "core.orders",
    "responses": "core.responses",
    "referrals": "core.referrals",
    "models": "value.models",
}


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
        return ending[np.argsort(self.stop[ending], kind="stable")].astype(np.int32)

    @cached_property
    def by_customer(self) -> Places:
        """The places of the rows in order of the customers, those of one in order of time."""
        return np.argsort(self.customer, kind="stable").astype(np.int32)

    @cached_property
    def of_customer(self) -> Ints:
        """Where the rows of each customer begin in by_customer; one more at the end."""
        return np.append(0, np.cumsum(np.bincount(self.customer)))

    def entering(self, after: int, until: int) -> Places:
        """Places of the rows that hold in the month `until` and began after the month `after`."""
        begin, end = np.searchsorted(self.start, (after, until), "right", sorter=self.by_start)
        rows = self.by_start[begin:end]
        return rows[self.stop[rows] > until]

    def leaving(self, after: int, until: int) -> Places:
        """Places of the rows that held in the month `after` and no longer do in the month `until`."""
        begin, end = np.searchsorted(self.stop[self.by_stop], (after, until), "right")
        rows = self.by_stop[begin:end]
        return rows[self.start[rows] <= after]

    def of_days(self, first: int, end: int, month: int) -> Places:
        """Places of the rows of the days from `first` up to, not including, `end` that hold in a month."""
        begin, stop = np.searchsorted(self.day, (first, end))
        rows = np.arange(begin, stop, dtype=np.int32)
        return rows[(self.start[begin:stop] <= month) & (self.stop[begin:stop] > month)]

    def of_customers(self, customers: Ints, month: int) -> Places:
        """Places of these customers' rows that hold in a month, in order of the customers and of time."""
        first, last = self.of_customer[customers], self.of_customer[customers + 1]
        rows = self.by_customer[ranges(first, last)]
        return rows[(self.start[rows] <= month) & (self.stop[rows] > month)]


@dataclass(frozen=True)
class Sales(Held):
    """Rows of the orders of known customers (records.order_rows), in order of the orders.

    order: number of the order, which grows with its time and, at one instant, with its id. ordered_at: microseconds
    since 1970. counts: whether it counts. revenue, cents: see order_rows. kinds: country and product_category.
    """

    order: Places
    ordered_at: Ints
    counts: NDArray[np.bool_]
    revenue: Ints
    cents: Ints
    kinds: pl.DataFrame

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


class Source(Protocol):
    """Where facts are read from, orders first; ids of customers, orders and answers are numbers.

    Numbers of customers are in order of their ids, those of orders and answers in order of day, instant and id.
    """

    def orders(self) -> Iterator[pl.LazyFrame]:
        """core.orders in order of time, in pieces that fit in memory."""

    def responses(self) -> pl.LazyFrame:
        """core.responses, with the numbers of their orders."""

    def referrals(self) -> pl.LazyFrame:
        """core.referrals."""

    def models(self) -> pl.LazyFrame:
        """value.models, whose fits are reused."""

    def names(self) -> pl.Series:
        """customer_id by number."""


def facts_of(source: Source, *, clock: Clock, margins: Margins = ()) -> Facts:
    """The facts of a shop until the clock; margins: see records.order_rows."""
    pieces, nobody = [], []
    opened: list[date | None] = []
    first_day: list[date | None] = []
    for orders in source.orders():
        rows = order_rows(orders, clock=clock, margins=margins).sort("order_id", "start").collect(engine="streaming")
        is_known = pl.col("customer_id").is_not_null()
        nobody.append(rows.filter(~is_known).group_by("day", "start", "stop").agg(pl.col("revenue").sum()))
        pieces.append(_columns(rows.filter(is_known)))
        day, sold = pl.col("order_date"), ~pl.col("is_cancelled")
        days = orders.with_columns(utc("ordered_at")).select(
            opened=day.min(), first_day=day.filter(happened("ordered_at", clock) & sold).min()
        )
        for each, found in zip((opened, first_day), days.collect().row(0), strict=True):
            each.append(found)
    responses = source.responses()
    return Facts(
        clock=clock,
        names=source.names(),
        sales=_sales(pieces),
        nobody=pl.concat(nobody).group_by("day", "start", "stop").agg(pl.col("revenue").sum()),
        opened=min((day for day in opened if day), default=None),
        first_day=min((day for day in first_day if day), default=None),
        responses=responses,
        answers=_answers(responses, clock=clock),
        referrals=known_referrals(source.referrals(), clock=clock).collect(),
        models=source.models().collect(),
    )


class Frames:
    """Facts from whole frames of core, whose ids are texts; a Source."""

    def __init__(self, tables: Mapping[str, pl.LazyFrame]) -> None:
        """Tables: frames by the names of TABLES; those left out are empty."""
        given = {name: tables[name] if name in tables else empty(table).lazy() for name, table in TABLES.items()}
        self._tables, self._names = _numbered(given)

    def orders(self) -> Iterator[pl.LazyFrame]:
        """All at once."""
        yield self._tables["orders"]

    def responses(self) -> pl.LazyFrame:
        """With numbers."""
        return self._tables["responses"]

    def referrals(self) -> pl.LazyFrame:
        """With numbers."""
        return self._tables["referrals"]

    def models(self) -> pl.LazyFrame:
        """As they are."""
        return self._tables["models"]

    def names(self) -> pl.Series:
        """customer_id by number."""
        return self._names


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


def _numbered(tables: Mapping[str, pl.LazyFrame]) -> tuple[dict[str, pl.LazyFrame], pl.Series]:
    """The tables with numbers in place of the ids of customers, orders and answers, and the customers' ids."""
    people = {"orders": ["customer_id"], "responses": ["customer_id"], "referrals": ["advocate_id", "friend_id"]}
    ids = [tables[table].select(customer_id=name) for table, names in people.items() for name in names]
    names = pl.concat(ids).drop_nulls().unique().sort("customer_id").collect()["customer_id"]
    numbers = pl.LazyFrame({"id": names}, schema={"id": pl.String}).with_row_index("number")
    numbered = dict(tables)
    for table, columns in people.items():
        for column in columns:
            of_column = numbers.rename({"id": column, "number": f"{column} number"})
            numbered[table] = (
                numbered[table]
                .join(of_column, on=column, how="left")
                .with_columns(pl.col(f"{column} number").alias(column))
            )
    orders = numbered["orders"].sort("order_date", "ordered_at", "order_id").with_row_index("place").collect().lazy()
    places = orders.select("order_id", answered="place")
    answers = numbered["responses"].sort("response_date", "responded_at", "response_id").with_row_index("place")
    numbered["orders"] = orders.with_columns(order_id="place")
    numbered["responses"] = answers.join(places, on="order_id", how="left").with_columns(
        response_id="place", order_id="answered"
    )
    return numbered, names


def _ints(rows: pl.DataFrame, column: str) -> Ints:
    return rows[column].cast(pl.Int64).to_numpy()


def _places(rows: pl.DataFrame, column: str) -> Places:
    return rows[column].cast(pl.Int32).to_numpy()


def _in_order(values: Places) -> Places:
    return np.argsort(values, kind="stable").astype(np.int32)


def _columns(rows: pl.DataFrame) -> dict[str, NDArray[Any] | pl.DataFrame]:
    """The columns of facts.Sales for order_rows sorted by order."""
    rows = rows.with_columns(
        pl.col("customer_id", "order_id", "start", "stop", "day").cast(pl.Int32), pl.col("ordered_at").dt.epoch("us")
    )
    names = {"customer_id": "customer", "order_id": "order"}
    columns = ("customer_id", "day", "start", "stop", "order_id", "ordered_at", "counts", "revenue", "cents")
    arrays: dict[str, NDArray[Any] | pl.DataFrame] = {names.get(name, name): rows[name].to_numpy() for name in columns}
    return arrays | {"kinds": rows.select(pl.col("country", "product_category").cast(pl.Categorical))}


def _sales(pieces: list[dict[str, Any]]) -> Sales:
    """The pieces, which are in order of time, one after the other."""
    names = [name for name in pieces[0] if name != "kinds"]
    # Each column of the pieces is given up as soon as it is one array.
    columns = {name: np.concatenate([piece.pop(name) for piece in pieces]) for name in names}
    kinds = pl.concat([piece["kinds"] for piece in pieces])
    # The later row of an order has its day, so that orders in order of time are in order of their days.
    return Sales(by_start=_in_order(columns["start"]), kinds=kinds, **columns)


def _days(sales: Sales) -> Days:
    """Running sums of what each row adds when it begins and takes away when it ends."""
    frame = pl.DataFrame(
        {
            "customer": sales.customer,
            "day": sales.day,
            "start": sales.start,
            "stop": sales.stop,
            "orders": sales.counts.astype(np.int32),
            "cents": sales.cents,
        }
    ).lazy()
    taken = -pl.col("orders", "cents")
    ending = frame.filter(pl.col("stop") < NEVER).with_columns(taken, start="stop")
    rows = (
        pl.concat([frame, ending])
        .group_by("day", "customer", "start")
        .agg(pl.col("orders", "cents").sum())
        .sort("day", "customer", "start")
        .collect(engine="streaming")
    )
    customer, day, start = (rows[name].to_numpy() for name in ("customer", "day", "start"))
    is_first = np.ones(rows.height, dtype=bool)
    is_first[1:] = (np.diff(day) != 0) | (np.diff(customer) != 0)
    stop = np.full(rows.height, NEVER, dtype=np.int32)
    stop[:-1][~is_first[1:]] = start[1:][~is_first[1:]]
    first = np.flatnonzero(is_first)[np.cumsum(is_first) - 1]
    totals = []
    for name in ("orders", "cents"):
        running = np.cumsum(rows[name].to_numpy(), dtype=np.int64)
        totals.append(running - np.append(0, running)[first])
    return Days(customer, day, start, stop, _in_order(start), totals[0].astype(np.int32), totals[1])


def _answers(responses: pl.LazyFrame, *, clock: Clock) -> Answers:
    """The arrays of known answers."""
    rows = (
        known_answers(responses, clock=clock)
        .select(
            pl.col("response_id").cast(pl.Int32),
            pl.col("customer_id").cast(pl.Int32),
            "responded_at",
            "response_date",
            pl.col("score").cast(pl.Int8),
            pl.col("category").cast(pl.String).cast(ORDERED),
            answered_order=pl.col("order_id").cast(pl.Int32),
        )
        .sort("response_id")
        .collect()
    )
    return Answers(
        customer=_places(rows, "customer_id"),
        answered_at=_ints(rows.select(pl.col("responded_at").dt.epoch("us")), "responded_at"),
        month=_places(rows.select(month_number(pl.col("response_date")).alias("month")), "month"),
        category=rows["category"].to_physical().cast(pl.Int8).to_numpy(),
        rows=rows,
    )
