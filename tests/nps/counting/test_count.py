"""Counting does not depend on the months computed together, the order of answers or the zone of times."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from nps.shop import AUCKLAND, PARIS, Shop, months
from polars.testing import assert_frame_equal

from pipelines.nps.by_period import scores
from pipelines.nps.by_segment import by_segment
from pipelines.periods import Clock, Span, windows
from pipelines.settings import Settings


@pytest.mark.slow
def test_months_together_equal_months_alone_in_any_order() -> None:
    shop, settings = Shop(3, PARIS), Settings()
    together = Span(months(date(2024, 3, 1), date(2026, 2, 1)), PARIS)
    firsts = [row[0] for row in windows(together, grains=["month"]).select("month").rows()]
    alone = [Span(months(month, month), PARIS) for month in reversed(firsts)]
    assert len(alone) == 24
    responses, segments = shop.responses(), shop.segments()
    periods = [scores(responses, span=span, settings=settings) for span in alone]
    key = ["grain", "period_start", "stage"]
    assert_frame_equal(
        pl.concat(periods).sort(key), scores(responses, span=together, settings=settings), check_exact=True
    )
    parts = [by_segment(responses, segments, span=span, settings=settings) for span in alone]
    assert_frame_equal(
        pl.concat(parts).sort(*key, "dimension", "segment"),
        by_segment(responses, segments, span=together, settings=settings),
        check_exact=True,
    )


def test_the_order_of_the_answers_does_not_matter() -> None:
    shop, settings = Shop(5, PARIS), Settings()
    span = Span(months(date(2025, 1, 1), date(2026, 2, 1)), PARIS)
    shuffled = (
        frame.collect().sample(fraction=1, shuffle=True, seed=1).lazy() for frame in (shop.responses(), shop.segments())
    )
    assert_frame_equal(
        by_segment(*shuffled, span=span, settings=settings),
        by_segment(shop.responses(), shop.segments(), span=span, settings=settings),
        check_exact=True,
    )


def test_the_zone_in_which_times_are_written_does_not_matter() -> None:
    shop, settings = Shop(6, AUCKLAND), Settings()
    window = months(date(2025, 10, 1), date(2026, 1, 1))
    elsewhere = Clock(AUCKLAND.as_of.astimezone(ZoneInfo("America/Lima")), AUCKLAND.zone)
    written = shop.responses().with_columns(pl.col("next_response_at").dt.convert_time_zone("Asia/Kolkata"))
    assert_frame_equal(
        scores(written, span=Span(window, elsewhere), settings=settings),
        scores(shop.responses(), span=Span(window, AUCKLAND), settings=settings),
        check_exact=True,
    )
