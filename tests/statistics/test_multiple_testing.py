"""Benjamini-Hochberg: its definition by brute force, and the example of the 1995 paper."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.statistics import multiple_testing


@settings(deadline=None, max_examples=60)
@given(groups=st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=8), min_size=1, max_size=4))
def test_benjamini_hochberg_equals_its_definition(groups: list[list[float]]) -> None:
    rows = [(group, p) for group, ps in enumerate(groups) for p in ps]
    table = pl.DataFrame(rows, schema={"group": pl.Int64, "p": pl.Float64}, orient="row")
    result = table.select(multiple_testing.benjamini_hochberg(pl.col("p")).over("group"))["p"].to_list()
    expected = [
        min(1.0, *(q * len(ps) / (1 + number) for number, q in enumerate(sorted(ps)) if q >= p))
        for ps in groups
        for p in ps
    ]
    assert result == pytest.approx(expected, abs=1e-12)


def test_benjamini_hochberg_on_the_example_of_the_paper() -> None:
    """Fifteen p-values of the 1995 paper, section 3.2: at 0.05 the first four are rejected; nulls are not tests."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590]
    table = pl.DataFrame({"p": [None, *p, 1.0, None]})
    result = table.select(multiple_testing.benjamini_hochberg(pl.col("p")))["p"].to_list()
    assert result[0] is None
    assert result[-1] is None
    assert [value is not None and value <= 0.05 for value in result] == [False] + [True] * 4 + [False] * 12
    assert result[1] == pytest.approx(0.0015)
