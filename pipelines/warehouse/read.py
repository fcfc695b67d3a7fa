"""Reading the warehouse for a figure: the rows that had happened, and of them no more than it needs.

Here: what "had happened" means for every table that figures read, and the one function that reads. Not here: which
figure reads what (pipelines/figures.py).
"""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import polars as pl

from pipelines.periods import Clock, Window
from pipelines.warehouse.connection import literal, quoted
from pipelines.warehouse.frames import frame

# Rows that had happened by the clock and by the end of the span; whatever lies later must not reach a figure.
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
    # Facts about customers have no history (CONTRACT section 3).
    "core.customers": "true",
    # Fits to reuse; who reads them makes sure that they are of the same histories.
    "value.models": "month < $until",
}
# The columns that counting answers takes.
ANSWER_COLUMNS = "stage, customer_id, response_date, next_response_at, category"
# What counting needs of the answers, and no text but of segments and customers: the row's number stands for response_id
# (the same in both tables while nothing is written). The segments stand in one row an answer, a column a dimension;
# joined as texts, row by row, they would cost ten times as much.
KEYED = {
    "core.responses": "SELECT rowid AS response_id, {columns} FROM core.responses WHERE {happened} AND {where}",
    "core.response_segments": """
    WITH names AS MATERIALIZED (
        SELECT dimension, segment, CAST(segment AS segment_name) AS code
        FROM (SELECT DISTINCT dimension, segment FROM core.response_segments WHERE {where})
    ),
    wide AS (
        SELECT s.response_id {columns}
        FROM core.response_segments AS s JOIN names AS n ON n.dimension = s.dimension AND n.segment = s.segment
        GROUP BY s.response_id
    )
    SELECT r.rowid AS response_id, wide.* EXCLUDE (response_id)
    FROM wide JOIN (SELECT rowid, response_id FROM core.responses WHERE {happened}) AS r USING (response_id)""",
}


def read(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    months: Window,
    clock: Clock,
    lookback: timedelta | None,
    *,
    only: tuple[str, str] | None = None,
    keyed: bool = False,
) -> pl.LazyFrame:
    """The rows of a core table that had happened by the end of `months` and by the clock, as a lazy frame.

    only: what of a row is read, and a further condition on it (see Figure). keyed: answers and their segments are read
    as KEYED says.
    """
    given = KEYED.get(table) if keyed else None
    columns, where = only or (ANSWER_COLUMNS if given else "*", "true")
    since = months.start - lookback if lookback else date.min
    bounds = {"as_of": clock.as_of, "until": months.end, "since": since}
    happened = f"{HAPPENED['core.responses' if given else table]}"
    if table == "core.response_segments" and given:
        columns = _dimension_columns(connection, where)
        statement = given.format(happened=happened, columns=columns, where=where)
    else:
        statement = (given or "SELECT {columns} FROM {table} WHERE {happened} AND {where}").format(
            table=quoted(table), columns=columns, happened=happened, where=where
        )
    used = {name: value for name, value in bounds.items() if f"${name}" in statement}
    return frame(connection.sql(statement, params=used)).lazy()


def _dimension_columns(connection: duckdb.DuckDBPyConnection, where: str) -> str:
    """A column of coded segments for every dimension there is; makes the type of the codes."""
    connection.execute(
        "CREATE OR REPLACE TEMP TYPE segment_name AS ENUM "
        "(SELECT DISTINCT segment FROM core.response_segments ORDER BY 1)"
    )
    found = connection.sql(f"SELECT DISTINCT dimension FROM core.response_segments WHERE {where} ORDER BY 1").fetchall()
    return "".join(f", min(n.code) FILTER (n.dimension = {literal(name)}) AS {quoted(name)}" for (name,) in found)
