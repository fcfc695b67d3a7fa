"""More segments than a byte can number."""

from __future__ import annotations

from datetime import date

import polars as pl
from nps.shop import PARIS, Shop, months

from pipelines.nps.counting.count import count
from pipelines.periods import Span, windows
from pipelines.statistics.score import COUNTS


def test_more_segments_than_a_byte_has_numbers_are_told_apart() -> None:
    """Customers with many answers are paired by sums, those with few a pair a row: in other numbers."""
    shop = Shop(31, PARIS, answers=900, customers=40)
    skus = {answer.response_id: f"sku {number % 300:03d}" for number, answer in enumerate(shop.answers)}
    segments = pl.LazyFrame({"response_id": list(skus), "sku": list(skus.values())})
    wanted = windows(Span(months(date(2025, 3, 1), date(2026, 1, 1)), PARIS), grains=["month"])
    found = count(shop.responses(), wanted, clock=PARIS, counting="all", segments=segments)
    expected: dict[tuple[date, str], list[int]] = {}
    for answer in shop.known:
        counts = expected.setdefault((answer.day.replace(day=1), skus[answer.response_id]), [0, 0, 0])
        counts[1 - answer.sign] += 1
    starts = set(wanted["period_start"])
    rows = found.filter(pl.col("stage") == "all").select("period_start", "segment", *COUNTS).rows()
    assert {row[:2]: list(row[2:]) for row in rows} == {key: n for key, n in expected.items() if key[0] in starts}
    assert found["segment"].n_unique() > 256
