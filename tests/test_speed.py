"""What changes how long a figure takes never changes the figure: lookups are joins, numbers stand for customers."""

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


@given(wanted=st.lists(st.one_of(st.none(), st.integers(0, 12)), max_size=12), height=st.integers(0, 14))
def test_rows_that_are_looked_up_are_those_of_a_join(wanted, height):
    rows, told = frame(wanted, "asked"), frame(list(range(height)), "told")
    assert_frame_equal(looked_up(rows, told, "key"), rows.join(told, on="key", how="left", maintain_order="left"))


@given(wanted=numbers, keys=st.lists(st.integers(0, 12), max_size=12, unique=True))
def test_keys_that_are_no_numbers_of_rows_are_joined(wanted, keys):
    rows, told = frame(wanted, "asked"), frame(keys, "told")
    expected = [(key, asked, f"told {keys.index(key)}" if key in keys else None) for key, asked in rows.rows()]
    assert looked_up(rows, told, "key").rows() == expected


def test_texts_are_joined():
    rows, told = frame(["b", "c"], "asked", pl.String), frame(["a", "b"], "told", pl.String)
    assert looked_up(rows, told, "key").rows() == [("b", "asked 0", "told 1"), ("c", "asked 1", None)]


def test_a_number_stands_for_the_same_customer_in_every_table():
    texts = [["cy", "ann", None, "ann"], ["bob", "cy", None], []]
    tables = [
        pl.LazyFrame({"customer_id": names, "n": range(len(names))}, {"customer_id": pl.String, "n": pl.Int64})
        for names in texts
    ]
    found = [table.collect() for table in by_number(*tables)]
    assert [table["n"].to_list() for table in found] == [[0, 1, 2, 3], [0, 1, 2], []]
    told = [
        (name, number)
        for names, table in zip(texts, found, strict=True)
        for name, number in zip(names, table["customer_id"], strict=True)
    ]
    known = dict(told)
    assert all(known[name] == number for name, number in told)
    assert known.pop(None) is None
    assert sorted(known.values()) == [0, 1, 2]


def test_numbers_are_left_alone():
    table = pl.LazyFrame({"customer_id": [7, None]}, schema={"customer_id": pl.UInt32})
    [found] = by_number(table)
    assert found.collect()["customer_id"].to_list() == [7, None]
