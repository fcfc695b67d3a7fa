"""Reading the warehouse for a figure: the rows that had happened, and of them no more than it needs.

Here: what "had happened" means for every table that figures read, and the one function that reads. Not here: which
figure reads what (pipelines/figures.py).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TypeAlias

import duckdb
import numpy as np
import polars as pl

from pipelines.periods import Clock, Window
from pipelines.warehouse.connection import quoted
from pipelines.warehouse.frames import frame, registered

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
# What counting needs of the answers, and no text but that of customers and orders: the row's number stands for
# response_id, the same for answers and segments while nothing is written.
ANSWERS = """
SELECT CAST(rowid AS UINTEGER) AS response_id, stage, customer_id, response_date, next_response_at, category, order_id,
    responded_at, CASE WHEN stage = 'pre_delivery' THEN response_id END AS answer_id
FROM core.responses WHERE {happened}"""
NAMES = "SELECT DISTINCT dimension, segment FROM core.response_segments ORDER BY ALL"
CODES = """
SELECT CAST(r.rowid AS UINTEGER) AS response_id, n.place
FROM core.response_segments AS s JOIN segment_names AS n ON n.dimension = s.dimension AND n.segment = s.segment
JOIN (SELECT rowid, response_id FROM core.responses WHERE {happened}) AS r ON r.response_id = s.response_id"""
# What the figures of one run have read, by table and bounds: core is conformed before them and stays as it is.
Kept: TypeAlias = dict[tuple[object, ...], pl.DataFrame]


def read(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    months: Window,
    clock: Clock,
    lookback: timedelta | None,
    *,
    only: tuple[str, str] | None = None,
    keyed: bool = False,
    kept: Kept | None = None,
) -> pl.LazyFrame:
    """The rows of a core table that had happened by the end of `months` and by the clock, as a lazy frame.

    only: what of a row is read, and a further condition on it (see Figure). keyed: answers are read by number, with
    what counting needs of them, and their segments in one row an answer, a column a dimension. kept: of earlier reads.
    """
    kept = {} if kept is None else kept
    since = months.start - lookback if lookback else date.min
    bounds = {"as_of": clock.as_of, "until": months.end, "since": since}
    columns, where = only or ("*", "true")
    by_number = keyed and table in NUMBERED
    key = (table, *bounds.values(), by_number or (columns, where))
    if key not in kept:
        happened = HAPPENED["core.responses" if by_number else table]
        used = {name: value for name, value in bounds.items() if f"${name}" in happened}
        if by_number:
            kept[key] = NUMBERED[table](connection, happened, used)
        else:
            statement = f"SELECT {columns} FROM {quoted(table)} WHERE {happened} AND {where}"
            return frame(connection.sql(statement, params=used)).lazy()
    return kept[key].lazy()


def _answers(connection: duckdb.DuckDBPyConnection, happened: str, bounds: dict[str, object]) -> pl.DataFrame:
    return frame(connection.sql(ANSWERS.format(happened=happened), params=bounds))


def _segments(connection: duckdb.DuckDBPyConnection, happened: str, bounds: dict[str, object]) -> pl.DataFrame:
    """The segments in one row an answer: response_id, and a column of codes (Enum) for every dimension there is.

    One number stands for dimension and segment, and is put where it belongs: to group texts by answer costs the double.
    """
    names = frame(connection.sql(NAMES)).with_row_index("place")
    with registered(connection, "segment_names", names):
        told = frame(connection.sql(CODES.format(happened=happened), params=bounds))
    answer, place = told["response_id"].to_numpy(), told["place"].to_numpy()
    known = np.zeros(int(answer.max(initial=0)) + 1, dtype=np.bool_)
    known[answer] = True
    columns = {"response_id": pl.Series(np.flatnonzero(known), dtype=pl.UInt32)}
    row = known.cumsum(dtype=np.uint32) - 1
    dimensions = names.group_by("dimension", maintain_order=True).agg("segment", first=pl.col("place").min())
    dimension = names.select(pl.col("dimension").rle_id()).to_series().to_numpy()
    codes = np.full((dimensions.height, len(columns["response_id"])), NO_CODE, dtype=np.uint32)
    codes[dimension[place], row[answer]] = place
    for number, (name, segments, first) in enumerate(dimensions.rows()):
        code = pl.Series(codes[number])
        values = pl.DataFrame({"code": code}).select(pl.when(code != NO_CODE).then(pl.col("code") - first))
        columns[name] = values.to_series().cat.to(pl.Enum(segments))
    return pl.DataFrame(columns)


NO_CODE = np.iinfo(np.uint32).max
NUMBERED = {"core.responses": _answers, "core.response_segments": _segments}
