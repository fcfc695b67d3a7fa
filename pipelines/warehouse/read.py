"""Reading the warehouse for a figure: the rows that had happened, and no more of them than it needs.

Here: what "had happened" means for every table that figures read, and the one function that reads. Not here: which
figure reads what (pipelines/figures).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, TypeAlias

import duckdb
import numpy as np
import polars as pl
import polars.selectors as cs
from numpy.typing import NDArray

from pipelines.periods import Clock, Window
from pipelines.speed import FEW_ROWS
from pipelines.warehouse.frames import frame
from pipelines.warehouse.quoting import quoted

# Rows that had happened by the clock and by the end of the span; later rows must not reach a figure.
HAPPENED = {
    "core.responses": "responded_at <= $as_of AND response_date < $until AND response_date >= $since",
    "core.response_segments": "response_id IN (SELECT response_id FROM core.responses WHERE "
    "responded_at <= $as_of AND response_date < $until AND response_date >= $since)",
    "core.response_topics": "response_id IN (SELECT response_id FROM core.responses WHERE "
    "responded_at <= $as_of AND response_date < $until AND response_date >= $since)",
    "core.orders": "ordered_at <= $as_of AND order_date < $until AND order_date >= $since",
    "core.referrals": "referred_at <= $as_of",
    "core.order_segments": "order_id IN (SELECT order_id FROM core.orders WHERE "
    "ordered_at <= $as_of AND order_date < $until AND order_date >= $since)",
    "core.invitations": "invited_at <= $as_of AND invited_date < $until AND invited_date >= $since",
    "core.follow_ups": "contacted_at <= $as_of AND CAST(contacted_at AS DATE) < $until",
    "core.reviews_given": "given_at <= $as_of AND CAST(given_at AS DATE) < $until",
    # Facts about customers have no history.
    "core.customers": "true",
    # Whoever reads them looks at the times.
    "core.consents": "true",
}
# Figure tables hold what had happened by the end of each month.
OF_FIGURES = "month < $until AND month >= date_trunc('month', $since)"
# Text is slow to sort, join and transfer: figures that only distinguish customers get a number for each.
CUSTOMERS = """
CREATE OR REPLACE TEMP TABLE customer_numbers AS
SELECT customer_id, CAST(row_number() OVER (ORDER BY customer_id) - 1 AS UINTEGER) AS number FROM core.customers"""
FIRST_DAY = """
SELECT least((SELECT min(order_date) FROM core.orders), (SELECT min(response_date) FROM core.responses),
    (SELECT min(invited_date) FROM core.invitations)) AS day"""
OF_CUSTOMERS = """(
    SELECT t.* REPLACE (number AS customer_id), t.rowid AS row FROM {table} AS t
    LEFT JOIN customer_numbers USING (customer_id))"""
ATTRIBUTES = f"""
SELECT customer_id, map_entries(attributes) AS attributes FROM {OF_CUSTOMERS.format(table="core.customers")}
WHERE cardinality(attributes) > 0"""
# Tables in order of time: the rows of a day are adjacent, and a row's place replaces its id. Segments are matched to
# rows by their position in storage (`row`), within one transaction: writes to any table may move rows.
ANSWERS = f"""
SELECT row, stage, customer_id, response_date, next_response_at, category, order_id, responded_at, score,
    CASE WHEN order_id IS NOT NULL THEN hash(order_id) END AS order_key
FROM {OF_CUSTOMERS.format(table="core.responses")} WHERE {{happened}}
ORDER BY responded_at, response_id"""
INVITATIONS = f"""
SELECT customer_id, invited_date, is_delivered, invited_at, reminders, is_bounced
FROM {OF_CUSTOMERS.format(table="core.invitations")} WHERE {{happened}}
ORDER BY invited_at, invitation_id"""
# Materialised: DuckDB cannot estimate a registered stream and picks the wrong build side.
NAMES = """
CREATE OR REPLACE TEMP TABLE segment_names AS
SELECT CAST(row_number() OVER (ORDER BY dimension, segment) - 1 AS UINTEGER) AS place, dimension, segment
FROM (SELECT DISTINCT dimension, segment FROM core.response_segments)"""
CODES = """
SELECT CAST(r.rowid AS UINTEGER) AS row, n.place
FROM core.response_segments AS s JOIN segment_names AS n ON n.dimension = s.dimension AND n.segment = s.segment
JOIN (SELECT rowid, response_id FROM core.responses WHERE {happened}) AS r ON r.response_id = s.response_id"""
ORDER_COLUMNS = (
    "customer_id",
    "ordered_at",
    "order_date",
    "is_cancelled",
    "gross",
    "refunded",
    "refunded_at",
    "delivered_at",
    "days_late",
    "order_key",
)
# order_key: a number for the text order_id, by which answers find their order.
ORDERS = f"""
SELECT {", ".join(ORDER_COLUMNS[:-1])}, hash(order_id) AS {ORDER_COLUMNS[-1]}, {{segments}}
FROM {OF_CUSTOMERS.format(table="core.orders")} AS o
LEFT JOIN core.order_segments AS s USING (order_id) WHERE {{happened}}
ORDER BY ordered_at, order_id"""
# What the figures of one run have read, by source and bounds: core does not change while they are computed.
Readings: TypeAlias = dict[tuple[object, ...], Any]
Bounds: TypeAlias = dict[str, object]
Source: TypeAlias = Callable[[duckdb.DuckDBPyConnection, Bounds], pl.DataFrame]
NUMBERS = ("customer numbers",)
PART_ROWS = 2**16
# Prefix of dimensions, whose names may be those of columns of answers.
SEGMENT_OF = "segment of "


def read(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    months: Window,
    clock: Clock,
    lookback: timedelta | None,
    *,
    only: tuple[str, str] | None = None,
    numbered: bool = False,
    readings: Readings | None = None,
) -> pl.LazyFrame:
    """The rows of a core or figure table that had happened by the end of `months` and by the clock, as a lazy frame.

    Args:
        connection: the warehouse.
        table: core or figure table.
        months: the months whose figures are computed.
        clock: what is now.
        lookback: how far before the months rows matter; None: without limit.
        only: the columns to read and a further condition, both SQL (see Figure).
        numbered: read a table of NUMBERED in the form that counting needs: in order of time, with `place` instead of
            response_id and order_id and numbers instead of customer_id; segments as one row per answer with a column
            per dimension; attributes of the customers who have any.
        readings: what was read of core before, in numbered form or with few rows; looked up, and added to. Thirteen
            figures of value read the same orders and answers: 50 ms of a small shop's night.
    """
    readings = {} if readings is None else readings
    since = months.start - lookback if lookback else date.min
    bounds: Bounds = {"as_of": clock.as_of, "until": months.end, "since": since}
    if numbered:
        number_customers(connection, readings)
        first = readings[NUMBERS]["day"].item()
        if first is None or since <= first:
            # So that one reading serves all figures that look back beyond the first row.
            bounds["since"] = date.min
        source, pick = NUMBERED[table]
        key = (source, *bounds.values())
        if key not in readings:
            readings[key] = source(connection, bounds)
        rows: pl.DataFrame = readings[key]
        return pick(rows.lazy())
    columns, where = only or ("*", "true")
    statement = f"SELECT {columns} FROM {quoted(table)} WHERE {HAPPENED.get(table, OF_FIGURES)} AND {where}"
    params = used(bounds, statement)
    key = (statement, *params.values())
    if key not in readings:
        rows = frame(connection.sql(statement, params=params))
        # Figure tables may be written between two readings.
        if rows.height > FEW_ROWS or not table.startswith("core."):
            return rows.lazy()
        readings[key] = rows
    earlier: pl.DataFrame = readings[key]
    return earlier.lazy()


def used(bounds: Bounds, statement: str) -> Bounds:
    """The bounds that a statement names."""
    return {name: value for name, value in bounds.items() if f"${name}" in statement}


def by_day(rows: pl.DataFrame, day: str) -> pl.DataFrame:
    """Rows in order of their times, those of a day together, with their `place`.

    Times put days in order, except where clocks were set back across midnight. Sorting by both takes DuckDB twice as
    long.
    """
    return (rows if rows[day].is_sorted() else rows.sort(day, maintain_order=True)).with_row_index("place")


def _attributes(connection: duckdb.DuckDBPyConnection, _bounds: Bounds) -> pl.DataFrame:
    return frame(connection.sql(ATTRIBUTES))


def _answers(connection: duckdb.DuckDBPyConnection, bounds: Bounds) -> pl.DataFrame:
    """Answers with a column of segments per dimension."""
    answers = frame(connection.sql(ANSWERS.format(happened=HAPPENED["core.responses"]), params=bounds))
    placed = by_day(answers, "response_date").with_columns(response_id="place")
    return placed.drop("row").hstack(_segments(connection, bounds, placed["row"].to_numpy()))


def _invitations(connection: duckdb.DuckDBPyConnection, bounds: Bounds) -> pl.DataFrame:
    invitations = frame(connection.sql(INVITATIONS.format(happened=HAPPENED["core.invitations"]), params=bounds))
    return by_day(invitations, "invited_date")


def _segments(connection: duckdb.DuckDBPyConnection, bounds: Bounds, row: NDArray[np.int64]) -> list[pl.Series]:
    """One column per dimension (Enum): the segments of the answers at these positions in storage.

    One number stands for dimension and segment and is scattered to its place: half the cost of pivoting texts.
    """
    connection.execute(NAMES)
    names = frame(connection.sql("FROM segment_names ORDER BY place"))
    coded = frame(connection.sql(CODES.format(happened=HAPPENED["core.responses"]), params=bounds))
    rows = len(row)
    place = np.zeros(int(row.max(initial=0)) + 1, dtype=np.uint32)
    place[row] = np.arange(rows, dtype=np.uint32)
    dimensions = names.group_by("dimension", maintain_order=True).agg("segment", first=pl.col("place").min())
    number = names.select(pl.col("dimension").rle_id()).to_series().to_numpy().astype(np.int64)
    code = np.arange(names.height) - dimensions["first"].to_numpy()[number]
    nothing = int(code.max(initial=0)) + 1
    code = code.astype(np.min_scalar_type(nothing))
    codes = np.full(dimensions.height * rows, nothing, dtype=code.dtype)
    # In slices that fit in the processor's cache: most of the cost of a large array is page faults.
    for part in coded.iter_slices(PART_ROWS):
        named = part["place"].to_numpy()
        codes[number[named] * rows + place[part["row"].to_numpy()]] = code[named]
    columns = []
    for dimension, (name, segments) in enumerate(dimensions.select("dimension", "segment").rows()):
        values = pl.DataFrame({"code": codes[dimension * rows : (dimension + 1) * rows]})
        column = values.select(pl.when(pl.col("code") != nothing).then("code")).to_series()
        columns.append(column.cat.to(pl.Enum(segments)).alias(f"{SEGMENT_OF}{name}"))
    return columns


def _orders(connection: duckdb.DuckDBPyConnection, bounds: Bounds) -> pl.DataFrame:
    """Orders with a column of segments per dimension."""
    names = [quoted(name) for name in connection.table("core.order_segments").columns if name != "order_id"]
    segments_used = " UNION ".join(f"SELECT DISTINCT {name} AS segment FROM core.order_segments" for name in names)
    connection.execute(
        "CREATE OR REPLACE TEMP TYPE order_segment AS ENUM ("
        f"SELECT segment FROM ({segments_used}) WHERE segment IS NOT NULL ORDER BY ALL)"
    )
    segments = ", ".join(f"CAST(s.{name} AS order_segment) AS {name}" for name in names)
    rows = frame(connection.sql(ORDERS.format(segments=segments, happened=HAPPENED["core.orders"]), params=bounds))
    return by_day(rows, "order_date").with_columns(order_id="place")


def number_customers(connection: duckdb.DuckDBPyConnection, readings: Readings) -> None:
    """Make the temporary table customer_numbers (customer_id, number in order of the ids), once a run."""
    if NUMBERS not in readings:
        connection.execute(CUSTOMERS)
        readings[NUMBERS] = frame(connection.sql(FIRST_DAY))


def _columns_of_answers(answers: pl.LazyFrame) -> pl.LazyFrame:
    return answers.select(~cs.starts_with(SEGMENT_OF))


def _segments_of_answers(answers: pl.LazyFrame) -> pl.LazyFrame:
    return answers.select(
        "response_id", cs.starts_with(SEGMENT_OF).name.map(lambda name: name.removeprefix(SEGMENT_OF))
    )


def _columns_of_orders(orders: pl.LazyFrame) -> pl.LazyFrame:
    return orders.select("order_id", "place", *ORDER_COLUMNS)


def _segments_of_orders(orders: pl.LazyFrame) -> pl.LazyFrame:
    segments = orders.drop("place", *ORDER_COLUMNS)
    # An order without a row in core.order_segments has no segments.
    return segments.drop_nulls()


def _whole(rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows


# By table: what is read, and which part of it is the table's.
NUMBERED: dict[str, tuple[Source, Callable[[pl.LazyFrame], pl.LazyFrame]]] = {
    "core.responses": (_answers, _columns_of_answers),
    "core.response_segments": (_answers, _segments_of_answers),
    "core.orders": (_orders, _columns_of_orders),
    "core.order_segments": (_orders, _segments_of_orders),
    "core.customers": (_attributes, _whole),
    "core.invitations": (_invitations, _whole),
}
