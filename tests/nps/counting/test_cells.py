"""Which windows count an answer that a later one supersedes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
from nps.shop import PARIS, RESPONSES, months

from pipelines.nps.by_period import scores
from pipelines.periods import Clock, Span
from pipelines.settings import Settings


def test_a_later_answer_supersedes_an_earlier_one_only_in_windows_with_both() -> None:
    """Answers on 10 January and 10 February: January counts one, February one, and the quarter only the last."""
    rows = [
        (f"r{number}", "relational", "c1", at, at.date(), points, name, following)
        for number, (at, points, name, following) in enumerate(
            [
                (datetime(2026, 1, 10, 12, tzinfo=UTC), 2, "detractor", datetime(2026, 2, 10, 12, tzinfo=UTC)),
                (datetime(2026, 2, 10, 12, tzinfo=UTC), 9, "promoter", None),
            ]
        )
    ]
    clock = Clock(datetime(2026, 5, 1, tzinfo=UTC), "UTC")
    frame = scores(
        pl.LazyFrame(rows, schema=RESPONSES, orient="row"),
        span=Span(months(date(2026, 1, 1), date(2026, 3, 1)), clock),
        settings=Settings(),
    ).filter(pl.col("stage") == "all", pl.col("grain").is_in(["month", "quarter"]))
    result = frame.select("grain", "period_start", "responses", "nps", "change").rows()
    assert result == [
        ("month", date(2026, 1, 1), 1, -100.0, None),
        ("month", date(2026, 2, 1), 1, 100.0, 200.0),
        ("quarter", date(2026, 1, 1), 1, 100.0, None),
    ]


def test_an_answer_after_the_clock_supersedes_nothing() -> None:
    """The clock stands between two answers of one day: the second has not happened."""
    first, second = PARIS.as_of - timedelta(hours=1), PARIS.as_of + timedelta(hours=1)
    row = ("r1", "relational", "c1", first, first.date(), 10, "promoter", second)
    frame = scores(
        pl.LazyFrame([row], schema=RESPONSES, orient="row"),
        span=Span(months(date(2026, 2, 1), date(2026, 2, 1)), PARIS),
        settings=Settings(),
    )
    assert frame.filter(pl.col("stage") == "all")["responses"].to_list() == [1] * 7
