"""What had happened until a day, for the reductions of value: numbers in place of ids, orders in pieces.

Here: reading orders, answers, referrals and stored models for sources.facts_of. Not here: what figures of nps read
(read.py), and which of these rows count (pipelines/value/records.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import numpy as np
import polars as pl

from pipelines.periods import Clock
from pipelines.warehouse.frames import frame
from pipelines.warehouse.read import HAPPENED, OF_CUSTOMERS, Bounds, Readings, by_day, number_customers, used

# Orders in memory at once: 0.2 GB.
PIECE_ROWS = 1_000_000
COUNTS = f"""
SELECT date_trunc('month', order_date)::DATE AS month, count(*) AS orders FROM core.orders
WHERE {HAPPENED["core.orders"]} GROUP BY ALL ORDER BY month"""
ORDERS = f"""
SELECT customer_id, ordered_at, order_date, is_cancelled, gross, net, counts, refunded_at, country, channel,
    discount, main_product_category, row
FROM {OF_CUSTOMERS.format(table="core.orders")} WHERE {HAPPENED["core.orders"]}
ORDER BY ordered_at, order_id"""
ANSWERS = f"""
SELECT r.customer_id, responded_at, response_date, score, category, stage, next_response_at, o.row AS order_row
FROM {OF_CUSTOMERS.format(table="core.responses")} AS r
LEFT JOIN (SELECT order_id, rowid AS row FROM core.orders) AS o USING (order_id)
WHERE {HAPPENED["core.responses"]}
ORDER BY responded_at, response_id"""
REFERRALS = f"""
SELECT r.* REPLACE (a.number AS advocate_id, f.number AS friend_id) FROM core.referrals AS r
LEFT JOIN customer_numbers AS a ON a.customer_id = r.advocate_id
LEFT JOIN customer_numbers AS f ON f.customer_id = r.friend_id
WHERE {HAPPENED["core.referrals"]}"""
MODELS = "SELECT * FROM value.models WHERE month < $until"
NAMES = "SELECT customer_id FROM customer_numbers ORDER BY number"
NO_ORDER = -1


class Happened:
    """Rows before a day and the clock; a sources.Source.

    To be read in one transaction, orders first: an answer finds its order by the position in storage, which a write
    would move.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, until: date, clock: Clock, readings: Readings) -> None:
        number_customers(connection, readings)
        self._connection, self._until, self._clock = connection, until, clock
        # Positions in storage of the orders read so far, in their order.
        self._rows: list[np.typing.NDArray[np.int64]] = []

    def orders(self) -> Iterator[pl.LazyFrame]:
        """core.orders in order of time, in pieces of whole months; one piece without orders."""
        months = self._read(COUNTS).rows()
        since, orders, number = date.min, 0, 0
        for place, (_, count) in enumerate(months or [(self._until, 0)]):
            orders += count
            is_last = place + 1 >= len(months)
            if is_last or orders + months[place + 1][1] > PIECE_ROWS:
                until = self._until if is_last else months[place + 1][0]
                piece = by_day(self._read(ORDERS, since=since, until=until), "order_date")
                self._rows.append(piece["row"].cast(pl.Int64).to_numpy())
                yield piece.drop("row").rename({"place": "order_id"}).with_columns(pl.col("order_id") + number).lazy()
                since, orders, number = until, 0, number + piece.height

    def responses(self) -> pl.LazyFrame:
        """core.responses, with the numbers of their orders; null for one that had not happened."""
        answers = by_day(self._read(ANSWERS), "response_date").rename({"place": "response_id"})
        rows = np.concatenate(self._rows)
        row = answers["order_row"].cast(pl.Int64).fill_null(NO_ORDER).to_numpy()
        number = np.full(max(int(rows.max(initial=0)), int(row.max(initial=0))) + 1, NO_ORDER, dtype=np.int32)
        number[rows] = np.arange(len(rows), dtype=np.int32)
        order = pl.Series(np.where(row == NO_ORDER, NO_ORDER, number[row]))
        is_known = pl.col("order_id") != NO_ORDER
        return (
            answers.drop("order_row")
            .lazy()
            .with_columns(order_id=order)
            .with_columns(order_id=pl.when(is_known).then("order_id"))
        )

    def referrals(self) -> pl.LazyFrame:
        """core.referrals."""
        return self._read(REFERRALS).lazy()

    def models(self) -> pl.LazyFrame:
        """value.models."""
        return self._read(MODELS).lazy()

    def names(self) -> pl.Series:
        """customer_id by number."""
        return self._read(NAMES)["customer_id"]

    def _read(self, statement: str, since: date = date.min, until: date | None = None) -> pl.DataFrame:
        bounds: Bounds = {"as_of": self._clock.as_of, "since": since, "until": until or self._until}
        return frame(self._connection.sql(statement, params=used(bounds, statement)))
