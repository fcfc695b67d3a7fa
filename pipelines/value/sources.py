"""Where the facts of a shop are read from, and the arrays made of them.

Here: numbering whole frames, and turning rows of core into facts. Not here: the arrays' meaning (facts.py), which rows
count (records.py) and reading the warehouse (pipelines/warehouse/happened.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.margins import Margins
from pipelines.periods import Clock
from pipelines.value.facts import KINDS, ORDERED, Answers, Facts, Ints, Places, Sales, in_order
from pipelines.value.months import happened, month_number, utc
from pipelines.value.records import known_answers, known_referrals, order_rows
from pipelines.warehouse.tables import empty

# What the functions of value take, and the tables of core and value.
TABLES = {
    "orders": "core.orders",
    "responses": "core.responses",
    "referrals": "core.referrals",
    "models": "value.models",
}


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
        # Sorted once collected: sorting as part of the plan costs 0.2 s for a million rows, this 0.1 s.
        rows = order_rows(orders, clock=clock, margins=margins).collect(engine="streaming").sort("order_id", "start")
        is_known = pl.col("customer_id").is_not_null()
        nobody.append(rows.filter(~is_known).group_by("day", "start", "stop").agg(pl.col("revenue").sum()))
        pieces.append(_columns(rows.filter(is_known)))
        day, sold = pl.col("order_date"), ~pl.col("is_cancelled")
        days = orders.with_columns(utc("ordered_at")).select(
            opened=day.min(), first_day=day.filter(happened("ordered_at", clock) & sold).min()
        )
        for each, earliest in zip((opened, first_day), days.collect().row(0), strict=True):
            each.append(earliest)
    responses = source.responses()
    return Facts(
        clock=clock,
        names=source.names(),
        sales=_sales(pieces, is_margin=bool(margins)),
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


def _columns(rows: pl.DataFrame) -> dict[str, NDArray[Any] | pl.DataFrame]:
    """The columns of facts.Sales for order_rows sorted by order."""
    rows = rows.with_columns(
        pl.col("customer_id", "order_id", "start", "stop", "day").cast(pl.Int32), pl.col("ordered_at").dt.epoch("us")
    )
    names = {"customer_id": "customer", "order_id": "order"}
    columns = ("customer_id", "day", "start", "stop", "order_id", "ordered_at", "counts", "revenue", "cents")
    arrays: dict[str, NDArray[Any] | pl.DataFrame] = {names.get(name, name): rows[name].to_numpy() for name in columns}
    return arrays | {"kinds": rows.select(pl.col(*KINDS).cast(pl.Categorical))}


def _sales(pieces: list[dict[str, Any]], *, is_margin: bool) -> Sales:
    """The pieces, which are in order of time, one after the other."""
    names = [name for name in pieces[0] if name != "kinds"]
    # Each column of the pieces is given up as soon as it is one array.
    columns = {name: np.concatenate([piece.pop(name) for piece in pieces]) for name in names}
    if not is_margin:
        columns["cents"] = columns["revenue"]
    kinds = pl.concat([piece["kinds"] for piece in pieces])
    # The later row of an order has its day, so that orders in order of time are in order of their days.
    return Sales(by_start=in_order(columns["start"]), kinds=kinds, **columns)


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
