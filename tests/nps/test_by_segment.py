"""nps.by_segment against plain loops over answers, and what must not change it."""

from __future__ import annotations

from datetime import date
from typing import Literal

import polars as pl
import pytest
from nps.brute import check, reference_segments
from nps.shop import CLOCKS, DIMENSIONS, PARIS, Shop, months
from polars.testing import assert_frame_equal

from pipelines.nps.by_segment import by_segment
from pipelines.periods import Clock, Span
from pipelines.settings import Settings


@pytest.mark.first(2)
@pytest.mark.parametrize("counting", ["latest", "all"])
@pytest.mark.parametrize("clock", CLOCKS, ids=lambda clock: clock.zone)
def test_by_segment_equals_plain_loops(clock: Clock, counting: Literal["latest", "all"]) -> None:
    shop = Shop(11, clock, answers=250, customers=30)
    settings = Settings(counting=counting, min_responses=5)
    span = Span(months(date(2025, 9, 1), date(2026, 3, 1)), clock)
    result = by_segment(shop.responses(), shop.segments(), span=span, settings=settings)
    # Pooled columns are checked in tests/statistics/test_pooling.py.
    pooled = [name for name in result.columns if name.startswith("pooled_")]
    assert result.select(pooled).null_count().sum_horizontal().item() == 0
    check(
        result.with_columns(pl.lit(None, pl.Float64).alias(name) for name in pooled),
        reference_segments(shop, span, settings),
    )


def test_crossed_dimensions_are_counted_like_one_dimension() -> None:
    shop = Shop(17, PARIS, answers=120, customers=30)
    span = Span(months(date(2026, 1, 1), date(2026, 1, 1)), PARIS)
    settings = Settings(segment_pairs=("country*lifecycle", "lifecycle*tier"))
    result = by_segment(shop.responses(), shop.segments(), span=span, settings=settings)
    assert set(result["dimension"]) == {*DIMENSIONS, "country*lifecycle"}
    both = shop.segments().select("response_id", both=pl.format("{}*{}", "country", "lifecycle"))
    alone = by_segment(shop.responses(), both, span=span, settings=Settings())
    pair = result.filter(pl.col("dimension") == "country*lifecycle")
    assert_frame_equal(pair.drop("dimension"), alone.drop("dimension"), check_exact=True)
    without = by_segment(shop.responses(), shop.segments(), span=span, settings=Settings())
    assert_frame_equal(result.filter(pl.col("dimension") != "country*lifecycle"), without, check_exact=True)


def test_without_repeated_answers_customers_make_no_difference() -> None:
    shop = Shop(19, PARIS, answers=200, customers=10**9)
    span = Span(months(date(2025, 6, 1), date(2026, 1, 1)), PARIS)
    anonymous = shop.responses().with_columns(customer_id=pl.lit(None, pl.String))
    for how in ("latest", "all"):
        settings = Settings(counting=how)
        assert_frame_equal(
            by_segment(shop.responses(), shop.segments(), span=span, settings=settings),
            by_segment(anonymous, shop.segments(), span=span, settings=settings),
            check_exact=True,
        )
