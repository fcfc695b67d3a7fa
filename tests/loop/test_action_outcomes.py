"""loop.action_outcomes: two outcomes worked out by hand, and what no answer leaves open."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from pipelines.loop.action_outcomes import action_outcomes
from pipelines.periods import Clock, Span, Window
from pipelines.settings import Settings

AUGUST = date(2024, 8, 1)
AS_OF = datetime(2024, 9, 2, tzinfo=UTC)
SPAN = Span(Window(AUGUST, date(2024, 9, 1)), Clock(AS_OF, "UTC"))
SETTINGS = Settings(home=Path("nowhere"), as_of=AS_OF)
LIST = [(date(2024, 5, 1), 1, "country", "DE"), (date(2024, 5, 1), 2, "topic", "delivery")]
# The ninety days to the end of August begin on June 3rd; the ninety before on March 5th.
SINCE, BEFORE = date(2024, 6, 3), date(2024, 3, 5)


def outcomes(comments, *, segment="DE"):
    """What became of LIST; comments: day, topics and how many."""
    rows = [(f"{place}-{n}", day, each) for place, (day, each, count) in enumerate(comments) for n in range(count)]
    schema = {"response_id": pl.String, "response_date": pl.Date, "topic": pl.List(pl.String)}
    commented = pl.LazyFrame(rows, schema=schema, orient="row")
    by_segment = pl.LazyFrame(
        {
            "month": [AUGUST],
            "dimension": ["country"],
            "segment": [segment],
            "previous_responses": [40],
            "responses": [50],
            "previous_nps": [10.0],
            "nps": [16.0],
            "change": [6.0],
            "change_low": [-20.0],
            "change_high": [32.0],
            "is_change_reliable": [True],
        }
    )
    return action_outcomes(
        commented.select("response_id", "response_date"),
        commented.select("response_id", "topic").explode("topic"),
        by_segment,
        pl.LazyFrame(LIST, schema=["month", "rank", "dimension", "segment"], orient="row"),
        span=SPAN,
        settings=SETTINGS,
    ).to_dicts()


def test_a_segment_has_the_change_of_its_score():
    shown, _ = outcomes([])
    assert shown == {
        "month": AUGUST,
        "action_month": date(2024, 5, 1),
        "rank": 1,
        "dimension": "country",
        "segment": "DE",
        "measure": "nps",
        "responses_before": 40,
        "responses_since": 50,
        "before": 10,
        "since": 16,
        "change": 6,
        "change_low": -20,
        "change_high": 32,
        "is_reliable": True,
    }


def test_a_topic_has_the_change_of_its_share():
    """Newcombe's own example: 56 of 70 and 48 of 80 are 20 percentage points apart, 5.24 to 33.39."""
    day = timedelta(days=1)
    _, shown = outcomes(
        [
            (BEFORE, ["delivery"], 40),
            (SINCE - day, ["price", "delivery"], 8),
            (SINCE - day, ["price"], 32),
            (SINCE, ["delivery", "price"], 50),
            (date(2024, 8, 31), ["delivery"], 6),
            (SINCE, ["none"], 14),
            # Outside of both.
            (BEFORE - day, ["delivery"], 9),
            (date(2024, 9, 1), ["delivery"], 9),
        ]
    )
    assert (shown["measure"], shown["responses_before"], shown["responses_since"]) == ("share_of_comments", 80, 70)
    assert [shown[name] for name in ("before", "since", "change")] == pytest.approx([60, 80, 20])
    assert (shown["change_low"], shown["change_high"]) == pytest.approx((5.24, 33.39), abs=0.01)
    assert shown["is_reliable"] is True


def test_without_answers_nothing_is_told():
    segment, topic = outcomes([(SINCE, ["delivery"], 9)], segment="FR")
    assert (segment["responses_before"], segment["responses_since"], segment["is_reliable"]) == (0, 0, False)
    assert [segment[name] for name in ("before", "since", "change", "change_low")] == [None] * 4
    assert (topic["responses_before"], topic["since"], topic["is_reliable"]) == (0, 100, False)
    assert [topic[name] for name in ("before", "change", "change_high")] == [None] * 3
