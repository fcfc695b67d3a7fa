"""Reading for value: pieces of any size make the same facts."""

from __future__ import annotations

import dataclasses

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from warehouse.small_warehouse import fill, months, warehouse

from pipelines.periods import Clock
from pipelines.value.sources import facts_of
from pipelines.warehouse import happened

WHOLE = months("2023-11", "2024-04")


@pytest.mark.parametrize(("rows", "pieces"), [(1, 5), (40, 4)])
def test_orders_read_in_pieces_are_the_same(tmp_path, monkeypatch, rows, pieces):
    with warehouse(tmp_path) as (connection, settings):
        fill(connection)
        connection.execute(
            "UPDATE core.responses SET order_id = o.order_id FROM ("
            "SELECT customer_id, max(order_id) AS order_id FROM core.orders GROUP BY ALL) AS o "
            "WHERE o.customer_id = responses.customer_id"
        )
        clock = Clock(settings.as_of, settings.timezone)
        one = happened.Happened(connection, WHOLE.end, clock, {})
        whole = facts_of(one, clock=clock)
        monkeypatch.setattr(happened, "PIECE_ROWS", rows)
        several = happened.Happened(connection, WHOLE.end, clock, {})
        assert len(list(several.orders())) == pieces
        again = facts_of(happened.Happened(connection, WHOLE.end, clock, {}), clock=clock)
    for field in dataclasses.fields(whole.sales):
        values, others = (getattr(facts.sales, field.name) for facts in (whole, again))
        if field.name == "kinds":
            assert_frame_equal(values, others, categorical_as_str=True)
        else:
            assert np.array_equal(values, others)
            assert len(values)
    assert_frame_equal(whole.answers.rows, again.answers.rows)
    about = whole.answers.rows.drop_nulls("answered_order")
    assert about.height > 20
    customer_of = dict(zip(whole.sales.order.tolist(), whole.sales.customer.tolist(), strict=True))
    known = about.filter(pl.col("answered_order").is_in(list(customer_of)))
    assert known.height > 20
    assert [customer_of[number] for number in known["answered_order"]] == known["customer_id"].to_list()
    assert whole.names.equals(again.names)
    assert (whole.opened, whole.first_day) == (again.opened, again.first_day)
