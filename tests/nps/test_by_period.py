"""nps.by_period against plain loops over answers, and what must not change it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Literal

import polars as pl
import pytest
from nps.brute import check, reference_periods
from nps.shop import CLOCKS, PARIS, RESPONSES, Shop, months
from polars.testing import assert_frame_equal

from pipelines.nps.by_period import scores
from pipelines.periods import Clock, Span
from pipelines.settings import Settings
from pipelines.statistics.score import COUNTS


@pytest.mark.first(2)
@pytest.mark.parametrize("counting", ["latest", "all"])
@pytest.mark.parametrize("clock", CLOCKS, ids=lambda clock: clock.zone)
def test_by_period_equals_plain_loops(clock: Clock, counting: Literal["latest", "all"]) -> None:
    shop = Shop(7, clock)
    settings = Settings(counting=counting, confidence=0.9, min_responses=5)
    span = Span(months(date(2024, 11, 1), date(2026, 4, 1)), clock)
    check(scores(shop.responses(), span=span, settings=settings), reference_periods(shop, span, settings))


@pytest.mark.first(2)
@pytest.mark.parametrize("seed", range(6))
def test_by_period_of_few_answers_equals_plain_loops(seed: int) -> None:
    """Two customers: windows of one answer, and covariances larger than the variances."""
    shop = Shop(seed, PARIS, answers=25, customers=2)
    settings = Settings(counting="all")
    span = Span(months(date(2024, 1, 1), date(2026, 2, 1)), PARIS)
    check(scores(shop.responses(), span=span, settings=settings), reference_periods(shop, span, settings))


def test_stage_all_is_the_sum_of_the_stages() -> None:
    shop = Shop(2, PARIS)
    frame = scores(shop.responses(), span=Span(months(date(2025, 1, 1), date(2026, 2, 1)), PARIS), settings=Settings())
    key = ["grain", "period_start"]
    summed = frame.filter(pl.col("stage") != "all").group_by(key).agg(pl.col(COUNTS).sum())
    whole = frame.filter(pl.col("stage") == "all").select(*key, *COUNTS)
    assert_frame_equal(summed.sort(key), whole.sort(key))


def test_every_answer_counts_once_in_a_year_and_once_in_its_months() -> None:
    """A promoter who answers every month, and three detractors who answer once: the year is below most months."""
    rows = []
    for number in range(12):
        at = datetime(2025, number + 1, 10, 12, tzinfo=UTC)
        after = datetime(2025, number + 2, 10, 12, tzinfo=UTC) if number < 11 else None
        rows.append((f"r{number}", "relational", "c1", at, at.date(), 10, "promoter", after))
        if number < 3:
            rows.append((f"d{number}", "relational", f"d{number}", at, at.date(), 0, "detractor", None))
    frame = scores(
        pl.LazyFrame(rows, schema=RESPONSES, orient="row"),
        span=Span(months(date(2025, 1, 1), date(2025, 12, 1)), PARIS),
        settings=Settings(),
    ).filter(pl.col("stage") == "all")
    [year] = frame.filter(grain="year").select("responses", "nps", "every_responses", "every_nps").rows()
    assert year == (4, -50.0, 15, 60.0)
    of_months = frame.filter(grain="month").select("nps", "every_responses", "every_nps")
    assert of_months["nps"].to_list() == of_months["every_nps"].to_list() == [0.0] * 3 + [100.0] * 9
    assert of_months["every_responses"].sum() == 15


def test_ten_equal_answers_of_one_customer_weigh_like_one() -> None:
    at = datetime(2026, 1, 10, 12, tzinfo=UTC)
    row = ("relational", "c1", at, at.date(), 10, "promoter", None)
    span = Span(months(date(2026, 1, 1), date(2026, 1, 1)), PARIS)
    names = ["margin_of_error", "nps_low", "nps_high", "smallest_detectable_change"]
    one, ten = (
        scores(
            pl.LazyFrame([(f"r{i}", *row) for i in range(number)], schema=RESPONSES, orient="row"),
            span=span,
            settings=Settings(counting="all"),
        )
        for number in (1, 10)
    )
    assert set(ten["responses"]) == {10}
    assert_frame_equal(one.select(names), ten.select(names), rel_tol=1e-12)
