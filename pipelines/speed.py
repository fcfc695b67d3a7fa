"""What changes how long a figure takes, never what it is.

Here: the Polars engine for a number of rows, running several computations at once, joins that become lookups, and
numbers in place of text keys. Not here: what is counted.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, TypeAlias, TypeVar

import polars as pl

# Up to so many rows a shop's whole night waits more for engines to begin than for what they count.
FEW_ROWS = 50_000
Engine: TypeAlias = Literal["streaming", "in-memory"]
# So many at once, where there are processors for them: each takes memory of its own.
AT_ONCE = 4
Made = TypeVar("Made")


def engine_for(rows: int) -> Engine:
    """How Polars is to count so many rows: streaming is quicker for many but slow to begin, and integers are equal."""
    return "streaming" if rows > FEW_ROWS else "in-memory"


def at_once(make: Callable[..., Made], arguments: Iterable[tuple[object, ...]]) -> list[Made]:
    """What `make` makes of each of the arguments, in their order. NumPy leaves other threads alone while it counts."""
    with ThreadPoolExecutor(min(AT_ONCE, os.cpu_count() or 1)) as threads:
        return list(threads.map(lambda given: make(*given), arguments))


def looked_up(rows: pl.DataFrame, told: pl.DataFrame, on: str) -> pl.DataFrame:
    """The rows in their order with the columns of `told`, null where it has no row: a left join.

    Where a row's number in `told` is its key, as the numbered tables have it (warehouse/read.py), rows are looked up.
    """
    wanted, last = rows[on], rows[on].max()
    numbers = pl.int_range(told.height, dtype=pl.UInt32, eager=True)
    if isinstance(last, int) and last < told.height and told[on].dtype == pl.UInt32 and (told[on] == numbers).all():
        return rows.hstack(told.select(pl.exclude(on).gather(wanted)))
    return rows.join(told, on=on, how="left", maintain_order="left")


def by_number(*tables: pl.LazyFrame) -> list[pl.LazyFrame]:
    """The tables with a number for customer_id, the same in all of them; those that have numbers are left alone."""
    kinds = {table.collect_schema()["customer_id"] for table in tables}
    if pl.String not in kinds:
        return list(tables)
    ids = pl.concat([table.select("customer_id") for table in tables]).drop_nulls().unique().with_row_index("customer")
    # A number is the same in all plans only if it is given once.
    known = ids.collect().lazy()
    return [
        table.join(known, on="customer_id", how="left", maintain_order="left")
        .with_columns(customer_id="customer")
        .drop("customer")
        for table in tables
    ]
