"""More segments than a byte can number."""

from __future__ import annotations

from datetime import date

import polars as pl
from nps.shop import PARIS, Shop, months

from pipelines.nps.counting.count import count
from pipelines.periods import Span, windows
from pipelines.statistics.score import COUNTS


def test_more_segments_than_one_byte_can_number() -> None:
    """Pairs are summed for customers with many answers and single rows for others; both number the segments."""
    shop = Shop(31, PARIS, answers=900, customers=40)
    skus = {answer.response_id: f"sku {number % 300:03d}" for number, answer in enumerate(shop.answers)}
    segments = pl.LazyFrame({"response_id": list(skus), "sku": list(skus.values())})
    months_of_span = windows(Span(months(date(2025, 3, 1), date(2026, 1, 1)), PARIS), grains=["month"])
    result = count(shop.responses(), months_of_span, clock=PARIS, counting="all", segments=segments)
    expected: dict[tuple[date, str], list[int]] = {}
    for answer in shop.past:
        counts = expected.setdefault((answer.day.replace(day=1), skus[answer.response_id]), [0, 0, 0])
        counts[1 - answer.sign] += 1
    starts = set(months_of_span["period_start"])
    rows = result.filter(pl.col("stage") == "all").select("period_start", "segment", *COUNTS).rows()
    assert {row[:2]: list(row[2:]) for row in rows} == {key: n for key, n in expected.items() if key[0] in starts}
    assert result["segment"].n_unique() > 256
