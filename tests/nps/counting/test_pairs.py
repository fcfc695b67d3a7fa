"""Pairs of one customer's answers: summed or one by one, and of thousands."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from nps.shop import PARIS, RESPONSES, Shop, months
from polars.testing import assert_frame_equal

from pipelines.nps.by_segment import by_segment
from pipelines.nps.counting import pairs
from pipelines.nps.counting.count import count
from pipelines.periods import Clock, Span, windows
from pipelines.settings import Settings


@pytest.mark.parametrize("many", [1, 3])
def test_pairing_by_sums_gives_the_same_result(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    shop, settings = Shop(23, PARIS, answers=300, customers=8), Settings(counting="all")
    span = Span(months(date(2025, 6, 1), date(2026, 1, 1)), PARIS)
    expected = by_segment(shop.responses(), shop.segments(), span=span, settings=settings)
    monkeypatch.setattr(pairs, "MANY", many)
    result = by_segment(shop.responses(), shop.segments(), span=span, settings=settings)
    assert_frame_equal(result, expected, check_exact=True)


@pytest.mark.parametrize("limit", ["MANY", "MOST_PAIRS"])
def test_summing_pairs_first_gives_the_same_result(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shop, settings = Shop(37, PARIS, answers=600, customers=12), Settings(counting="all")
    span = Span(months(date(2025, 6, 1), date(2026, 1, 1)), PARIS)
    wide = shop.segments().with_columns(sku=pl.col("response_id").str.slice(-2))
    monkeypatch.setattr(pairs, "MANY", 1000)
    expected = by_segment(shop.responses(), wide, span=span, settings=settings)
    monkeypatch.setattr(pairs, limit, 1)
    assert_frame_equal(by_segment(shop.responses(), wide, span=span, settings=settings), expected, check_exact=True)


def test_one_customer_with_thousands_of_answers_makes_no_millions_of_pairs() -> None:
    number = 20_000
    rows = [
        (f"r{i}", "relational", "kiosk", at, at.date(), 10 - i % 11, "promoter" if i % 11 < 2 else "passive", None)
        for i in range(number)
        for at in [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=6 * i)]
    ]
    clock = Clock(datetime(2026, 5, 1, tzinfo=UTC), "UTC")
    span = Span(months(date(2026, 1, 1), date(2026, 4, 1)), clock)
    frame = count(
        pl.LazyFrame(rows, schema=RESPONSES, orient="row"), windows(span, grains=["month"]), clock=clock, counting="all"
    )
    february = frame.filter(pl.col("stage") == "all", pl.col("period_start") == date(2026, 2, 1))
    assert february["answers_answers"].item() == 28 * 240 * 31 * 240
