"""What changes how long a figure takes, never its value.

Here: choosing the Polars engine, running computations at once, lookups in place of joins, and numbers in place of text
keys. Not here: what is counted.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, TypeAlias, TypeVar

import polars as pl

# Below this, the streaming engine's start-up costs more than it saves.
FEW_ROWS = 50_000
Engine: TypeAlias = Literal["streaming", "in-memory"]
# Most computations at once: each needs memory of its own.
AT_ONCE = 4
# Below this, starting threads costs more than they save: 50 ms of processor in a small shop's night.
ROWS_FOR_THREADS = 1_000
Made = TypeVar("Made")


def engine_for(rows: int) -> Engine:
    """The faster engine for this many rows; for sums of integers both give the same result."""
    return "streaming" if rows > FEW_ROWS else "in-memory"


def at_once(make: Callable[..., Made], arguments: Iterable[tuple[object, ...]], *, rows: int) -> list[Made]:
    """`make` applied to each tuple of arguments, in order; in threads when the computations read many rows.

    Threads help because NumPy and Polars release the lock.
    """
    if rows < ROWS_FOR_THREADS:
        return [make(*each) for each in arguments]
    with ThreadPoolExecutor(min(AT_ONCE, os.cpu_count() or 1)) as threads:
        return list(threads.map(lambda each: make(*each), arguments))


def looked_up(rows: pl.DataFrame, table: pl.DataFrame, on: str) -> pl.DataFrame:
    """The rows, in their order, left-joined with `table` by the column `on`.

    Where the keys of `table` are its row numbers, as in numbered tables (warehouse/read.py), rows are gathered instead.
    """
    keys, last = rows[on], rows[on].max()
    numbers = pl.int_range(table.height, dtype=pl.UInt32, eager=True)
    if isinstance(last, int) and last < table.height and table[on].dtype == pl.UInt32 and (table[on] == numbers).all():
        return rows.hstack(table.select(pl.exclude(on).gather(keys)))
    return rows.join(table, on=on, how="left", maintain_order="left")


def by_number(*tables: pl.LazyFrame) -> list[pl.LazyFrame]:
    """The tables with customer_id as a number, the same in all of them; unchanged if they have numbers already."""
    kinds = {table.collect_schema()["customer_id"] for table in tables}
    if pl.String not in kinds:
        return list(tables)
    ids = pl.concat([table.select("customer_id") for table in tables]).drop_nulls().unique().with_row_index("customer")
    # Collected, so that all plans share the same numbering.
    numbers = ids.collect().lazy()
    return [
        table.join(numbers, on="customer_id", how="left", maintain_order="left")
        .with_columns(customer_id="customer")
        .drop("customer")
        for table in tables
    ]
