"""A dimension with many segments is summed in parts."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from nps.shop import PARIS, Shop, months
from polars.testing import assert_frame_equal

from pipelines.nps.by_segment import by_segment
from pipelines.nps.counting import window_sums
from pipelines.periods import Span
from pipelines.settings import Settings


@pytest.mark.parametrize("at_once", [1, 1000])
def test_a_large_dimension_is_counted_in_parts(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a limit of one entry every segment is its own part."""
    shop, settings = Shop(29, PARIS, answers=300, customers=8), Settings(counting="all")
    span = Span(months(date(2025, 6, 1), date(2026, 1, 1)), PARIS)
    wide = shop.segments().with_columns(sku=pl.col("response_id").str.slice(-2))
    expected = by_segment(shop.responses(), wide, span=span, settings=settings)
    assert expected.filter(pl.col("dimension") == "sku")["segment"].n_unique() > 50
    monkeypatch.setattr(window_sums, "MOST_ENTRIES", at_once)
    assert_frame_equal(by_segment(shop.responses(), wide, span=span, settings=settings), expected, check_exact=True)
