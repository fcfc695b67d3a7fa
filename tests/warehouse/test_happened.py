"""Reading for value: pieces of any size make the same facts."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from polars.testing import assert_frame_equal
from warehouse.small_warehouse import WHOLE, computed_warehouse

from pipelines.periods import Clock
from pipelines.value.facts import facts_of
from pipelines.warehouse import happened


@pytest.mark.parametrize("rows", [1, 40])
def test_orders_read_in_pieces_are_the_same(tmp_path, monkeypatch, rows):
    with computed_warehouse(tmp_path) as (connection, settings):
        clock = Clock(settings.as_of, settings.timezone)
        one = happened.Happened(connection, WHOLE.end, clock, {})
        whole = facts_of(one, clock=clock)
        monkeypatch.setattr(happened, "PIECE_ROWS", rows)
        several = happened.Happened(connection, WHOLE.end, clock, {})
        pieces = [piece.collect().height for piece in several.orders()]
        assert len(pieces) == 5
        assert sum(pieces) == sum(piece.collect().height for piece in one.orders())
        again = facts_of(happened.Happened(connection, WHOLE.end, clock, {}), clock=clock)
    for field in dataclasses.fields(whole.sales):
        values, others = (getattr(facts.sales, field.name) for facts in (whole, again))
        if field.name == "kinds":
            assert_frame_equal(values, others, categorical_as_str=True)
        else:
            assert np.array_equal(values, others)
            assert len(values)
    assert_frame_equal(whole.answers.rows, again.answers.rows)
    assert whole.answers.rows["answered_order"].count()
    assert whole.names.equals(again.names)
    assert (whole.opened, whole.first_day) == (again.opened, again.first_day)
