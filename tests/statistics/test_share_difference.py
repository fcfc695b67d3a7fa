"""The interval of a difference of shares: the published examples of Newcombe 1998, table II, method 10."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.statistics.share_difference import share_difference


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_newcombe(first, second, low, high):
    ends = share_difference(tuple(map(pl.lit, first)), tuple(map(pl.lit, second)), 0.95)
    assert pl.select(end.alias(str(n)) for n, end in enumerate(ends)).row(0) == pytest.approx(
        (first[0] / first[1] - second[0] / second[1], low, high), abs=1e-4
    )


def test_nobody():
    ends = share_difference((pl.lit(0), pl.lit(0)), (pl.lit(1), pl.lit(2)), 0.95)
    assert pl.select(end.alias(str(n)) for n, end in enumerate(ends)).row(0) == (None, None, None)
