"""Speed-ups never change a figure: lookups equal joins, and numbers stand for customers."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipelines.speed import by_number, looked_up

numbers = st.lists(st.integers(0, 12), max_size=12)


def frame(keys, name, dtype=pl.UInt32):
    return pl.DataFrame(
        {"key": keys, name: [f"{name} {place}" for place in range(len(keys))]}, {"key": dtype, name: pl.String}
    )


@given(keys_of_rows=st.lists(st.one_of(st.none(), st.integers(0, 12)), max_size=12), height=st.integers(0, 14))
def test_lookups_equal_joins(keys_of_rows, height):
    rows, table = frame(keys_of_rows, "asked"), frame(list(range(height)), "table")
    assert_frame_equal(looked_up(rows, table, "key"), rows.join(table, on="key", how="left", maintain_order="left"))


@given(keys_of_rows=numbers, keys=st.lists(st.integers(0, 12), max_size=12, unique=True))
def test_keys_that_are_not_row_numbers_are_joined(keys_of_rows, keys):
    rows, table = frame(keys_of_rows, "asked"), frame(keys, "table")
    expected = [(key, asked, f"table {keys.index(key)}" if key in keys else None) for key, asked in rows.rows()]
    assert looked_up(rows, table, "key").rows() == expected


def test_text_keys_are_joined():
    rows, table = frame(["b", "c"], "asked", pl.String), frame(["a", "b"], "table", pl.String)
    assert looked_up(rows, table, "key").rows() == [("b", "asked 0", "table 1"), ("c", "asked 1", None)]


def test_a_customer_has_the_same_number_in_every_table():
    texts = [["cy", "ann", None, "ann"], ["bob", "cy", None], []]
    tables = [
        pl.LazyFrame({"customer_id": names, "n": range(len(names))}, {"customer_id": pl.String, "n": pl.Int64})
        for names in texts
    ]
    result = [table.collect() for table in by_number(*tables)]
    assert [table["n"].to_list() for table in result] == [[0, 1, 2, 3], [0, 1, 2], []]
    table = [
        (name, number)
        for names, table in zip(texts, result, strict=True)
        for name, number in zip(names, table["customer_id"], strict=True)
    ]
    numbers_by_id = dict(table)
    assert all(numbers_by_id[name] == number for name, number in table)
    assert numbers_by_id.pop(None) is None
    assert sorted(numbers_by_id.values()) == [0, 1, 2]


def test_numbered_tables_are_returned_unchanged():
    table = pl.LazyFrame({"customer_id": [7, None]}, schema={"customer_id": pl.UInt32})
    [result] = by_number(table)
    assert result.collect()["customer_id"].to_list() == [7, None]
