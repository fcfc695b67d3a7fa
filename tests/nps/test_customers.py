"""A customer has one number in all tables, and nobody has none."""

from __future__ import annotations

import polars as pl

from pipelines.nps.customers import by_number


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
