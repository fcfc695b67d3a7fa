"""Customers as numbers: where they are only told apart, text is slow to join and to sort.

Here: numbers for tables that have texts. Not here: the warehouse's own numbers (warehouse/read.py), which are kept.
"""

from __future__ import annotations

import polars as pl


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
