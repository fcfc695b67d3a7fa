"""The state of every customer at the end of every month: the reduction behind all value tables.

Here: a customer's orders and answers as known by a month's end. Not here: means, shares or models. Only filter, join,
group-by and when/then on the big frames, and only sums of integers, minima and maxima: these run unchanged on a
distributed engine and do not depend on the order of rows.

An order is one or two rows, each holding for a range of months: at the full price from its month until a refund dated
in a later month, and at what was left from then on. The state of a month is the sum of the rows that hold in it, so
months can be computed in any order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

import polars as pl

from pipelines.margins import Margins
from pipelines.periods import Clock, Span, next_month
from pipelines.statistics.exact import product
from pipelines.value.money import cents, margin

UNSURVEYED = "unsurveyed"
CATEGORIES = ("promoter", "passive", "detractor", UNSURVEYED)
ORDERED = pl.Enum(CATEGORIES)

# Customers x months in memory at once: about 0.5 GB.
ROWS_PER_CHUNK = 5_000_000

_NEVER = 12 * 9999
_STATE = (
    pl.col("orders", "revenue", "cents", "answers").sum(),
    pl.col("first_order_at").min(),
    pl.col("last_order_at", "last_answer").max(),
)


def customer_months(
    orders: pl.LazyFrame, responses: pl.LazyFrame, *, span: Span, margins: Margins = ()
) -> Iterator[pl.LazyFrame]:
    """State of every customer with an order that counts, at the end of every month of the span.

    Nothing after the month's end or after the clock has an influence: a refund dated later is not yet deducted, and an
    order refunded in full later still counts.

    Args:
        orders: core.orders.
        responses: core.responses.
        span: the months wanted; those after the clock's open month have no rows.
        margins: margin by product category if value is margin, empty if it is net revenue.

    Yields:
        Frames of one or more months, in order, each month once; a month without customers has no rows. Columns: month,
        month_end (exclusive; for the open month the clock's cut), customer_id, category (of the latest answer, or
        unsurveyed), answers, orders (that count), revenue (net revenue of all orders, cents), cents (their value: the
        same, or the margin on it), first_order_at and last_order_at (UTC, of orders that count).
    """
    yield from states_of(order_rows(orders, clock=span.clock, margins=margins), responses, span=span)


def states_of(bought: pl.LazyFrame, responses: pl.LazyFrame, *, span: Span) -> Iterator[pl.LazyFrame]:
    """customer_months of order_rows; customer_id may be of any type that is the same in both frames."""
    months = months_of(span)
    if not months:
        return
    columns = ("customer_id", "start", "stop", "orders", "revenue", "cents", "first_order_at", "last_order_at")
    bought = bought.select(columns)
    buyers = bought.filter(pl.col("orders") > 0)
    rows = pl.concat(
        [bought, _answer_rows(responses, clock=span.clock).join(buyers, on="customer_id", how="semi")], how="diagonal"
    )
    if len(months) == 1:
        # For a single month, summing once is enough.
        yield _states(rows, months)
        return
    held = _held(rows, months).collect(engine="streaming")
    size = max(1, ROWS_PER_CHUNK // max(1, held["customer_id"].n_unique()))
    for first in range(0, len(months), size):
        chunk = months[first : first + size]
        yield _states(_held(held.lazy(), chunk), chunk)


def category_sums(states: pl.LazyFrame) -> pl.LazyFrame:
    """Sums over the customers of each month and category: customers, answers, orders, revenue, cents, squares."""
    return states.group_by("month", "category").agg(
        pl.len().cast(pl.Int64).alias("customers"),
        pl.col("answers", "orders", "revenue", "cents").sum(),
        product(pl.col("cents"), pl.col("cents")).sum().alias("squares"),
    )


def latest_answers(answers: pl.LazyFrame, *, by: Sequence[str]) -> pl.LazyFrame:
    """The latest answer of each group; the greatest response_id of answers given at one instant."""
    last = answers.group_by(by).agg(pl.col("responded_at").max())
    tied = answers.join(last, on=[*by, "responded_at"], how="semi")
    chosen = tied.group_by(by).agg(pl.col("response_id").max())
    return tied.join(chosen, on=[*by, "response_id"], how="semi")


def happened(column: str, clock: Clock) -> pl.Expr:
    """Whether the instant is at or before the clock's."""
    return pl.col(column) <= pl.lit(clock.as_of).dt.convert_time_zone("UTC")


def utc(*columns: str) -> pl.Expr:
    """Timestamps in UTC, whatever the session's zone: Polars does not compare timestamps of two zones."""
    return pl.col(*columns).dt.convert_time_zone("UTC")


def business_day(instant: pl.Expr, clock: Clock) -> pl.Expr:
    """Day of an instant in the business time zone."""
    return instant.dt.convert_time_zone(clock.zone).dt.date()


class Month(NamedTuple):
    """A month of the span: first day, end (exclusive), months since year 0."""

    start: date
    end: date
    number: int


def months_of(span: Span) -> list[Month]:
    """The months of the span up to the open one."""
    months = []
    start = span.months.start
    while start < span.months.end and start <= span.clock.open_month:
        following = next_month(start)
        months.append(Month(start, min(following, span.clock.cut), start.year * 12 + start.month - 1))
        start = following
    return months


def month_number(day: pl.Expr) -> pl.Expr:
    """Months since year 0, so that months compare and count as integers."""
    return day.dt.year() * 12 + day.dt.month().cast(pl.Int32) - 1


def holds(month: Month) -> pl.Expr:
    """Whether a row of `order_rows`, or a sum of such rows, holds at the month's end."""
    return (pl.col("start") <= month.number) & (pl.col("stop") > month.number)


def known_answers(responses: pl.LazyFrame, *, clock: Clock) -> pl.LazyFrame:
    """The answers of identified customers up to the clock, with responded_at in UTC."""
    identified = responses.filter(pl.col("customer_id").is_not_null()).with_columns(utc("responded_at"))
    return identified.filter(happened("responded_at", clock))


def order_rows(orders: pl.LazyFrame, *, clock: Clock, margins: Margins = ()) -> pl.LazyFrame:
    """Rows of every order with an amount and a customer, and the months in which they hold: `start` <= month < `stop`.

    Months are numbers, see month_number. Columns: order_id, customer_id, start, stop, day and ordered_at (of the
    order), country, product_category, orders (1 if it counts, else 0), revenue (net, cents), cents (its value: the
    same, or the margin on it), first_order_at and last_order_at (ordered_at if it counts).
    """
    sold = (
        orders.filter(~pl.col("is_cancelled") & pl.col("gross").is_not_null() & pl.col("customer_id").is_not_null())
        .with_columns(utc("ordered_at", "refunded_at"))
        .filter(happened("ordered_at", clock))
        .with_columns(start=month_number(pl.col("order_date")))
    )
    refunded_in = month_number(business_day(pl.col("refunded_at"), clock))
    dated = sold.with_columns(
        # A refund without a date, or dated before the order, counts on the order's day.
        refunded_in=pl.when(pl.col("refunded_at").is_null())
        .then(pl.col("start"))
        .when(happened("refunded_at", clock))
        .then(pl.max_horizontal(pl.col("start"), refunded_in))
        .otherwise(_NEVER)
    )
    facts = ("order_id", "customer_id", "order_date", "ordered_at", "country", "main_product_category")
    # core.orders.counts and net include the refund. Before it, all orders count but cancelled ones and returns.
    before = dated.filter(pl.col("start") < pl.col("refunded_in")).select(
        *facts, "start", stop="refunded_in", counts=pl.col("gross") >= 0, amount="gross"
    )
    after = dated.filter((pl.col("refunded_in") < _NEVER) & (pl.col("counts") | (pl.col("net") != 0))).select(
        *facts,
        "counts",
        start="refunded_in",
        stop=pl.lit(_NEVER, dtype=pl.Int32),
        amount="net",
    )
    counted_at = pl.when("counts").then("ordered_at")
    revenue = cents(pl.col("amount"))
    return pl.concat([before, after], how="diagonal").select(
        "order_id",
        "customer_id",
        "start",
        "stop",
        "country",
        "ordered_at",
        day="order_date",
        product_category="main_product_category",
        orders=pl.col("counts").cast(pl.Int64),
        revenue=revenue,
        cents=margin(revenue, pl.col("main_product_category"), margins),
        first_order_at=counted_at,
        last_order_at=counted_at,
    )


def _answer_rows(responses: pl.LazyFrame, *, clock: Clock) -> pl.LazyFrame:
    """One row per customer and month with an answer: the number of answers, and the category of the last one.

    `last_answer` is the month's number times the number of categories plus the index of the category in CATEGORIES: its
    maximum over any months gives the category of the latest answer without an ordered window.
    """
    answers = known_answers(responses, clock=clock).select(
        "customer_id", "response_id", "responded_at", "category", start=month_number(pl.col("response_date"))
    )
    by = ["customer_id", "start"]
    place = pl.lit(None, dtype=pl.Int32)
    for number, category in enumerate(CATEGORIES):
        place = pl.when(pl.col("category") == category).then(pl.lit(number, dtype=pl.Int32)).otherwise(place)
    last = latest_answers(answers, by=by).select(*by, last_answer=pl.col("start") * len(CATEGORIES) + place)
    counts = answers.group_by(by).agg(pl.len().cast(pl.Int64).alias("answers"))
    return counts.join(last, on=by).with_columns(stop=pl.lit(_NEVER, dtype=pl.Int32))


def _held(rows: pl.LazyFrame, months: Sequence[Month]) -> pl.LazyFrame:
    """The rows that hold in any of the months, clipped to them and summed, so that all earlier ones become one."""
    first, end = (pl.lit(number, dtype=pl.Int32) for number in (months[0].number, months[-1].number + 1))
    return (
        rows.filter((pl.col("start") < end) & (pl.col("stop") > first))
        .with_columns(start=pl.max_horizontal("start", first), stop=pl.min_horizontal("stop", end))
        .group_by("customer_id", "start", "stop")
        .agg(_STATE)
    )


def _states(held: pl.LazyFrame, months: Sequence[Month]) -> pl.LazyFrame:
    """Sum of the rows that hold in each month, for customers with an order that counts."""
    place = pl.col("last_answer") % len(CATEGORIES)
    category = pl.lit(UNSURVEYED)
    for number, name in enumerate(CATEGORIES):
        category = pl.when(place == number).then(pl.lit(name)).otherwise(category)
    # A union over the months takes half the time of joining rows and months.
    states = [
        held.filter(holds(month))
        .group_by("customer_id")
        .agg(_STATE)
        .filter(pl.col("orders") > 0)
        .with_columns(month=pl.lit(month.start), month_end=pl.lit(month.end))
        for month in months
    ]
    return pl.concat(states).select(
        "month",
        "month_end",
        "customer_id",
        category.alias("category"),
        "answers",
        "orders",
        "revenue",
        "cents",
        "first_order_at",
        "last_order_at",
    )
