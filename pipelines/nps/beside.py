"""Putting what is told of rows beside them."""

from __future__ import annotations

import polars as pl


def beside(rows: pl.DataFrame, told: pl.DataFrame, on: str) -> pl.DataFrame:
    """The rows in their order with the columns of `told`, null where it has no row: a left join.

    Where a row's number in `told` is its key, as the numbered tables have it (warehouse/read.py), rows are looked up.
    """
    places, wanted = told[on], rows[on]
    if (
        places.dtype == wanted.dtype == pl.UInt32
        and (places == pl.int_range(told.height, dtype=pl.UInt32, eager=True)).all()
    ):
        last = wanted.max()
        if isinstance(last, int) and last < told.height:
            return rows.hstack(told.drop(on)[wanted])
    return rows.join(told, on=on, how="left", maintain_order="left")
