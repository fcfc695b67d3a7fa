"""loop.service_levels: shares and hours worked out by hand, each answer in the month in which it fell due."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from loop.test_follow_ups import ANSWER, CONTACT, JULY, JUNE, MAY, answer, at, contact

from pipelines.loop.service_levels import service_levels
from pipelines.periods import Clock, Span, Window
from pipelines.settings import Settings
from pipelines.statistics.wilson import wilson


def levels(answers, contacts=(), *, urgent=(), start=MAY, end=JULY, as_of="2024-06-30 12:00", **values):
    """Rows by month and category."""
    settings = Settings(home=Path("nowhere"), as_of=at(as_of), **values)
    made = service_levels(
        pl.LazyFrame(answers, schema=ANSWER, orient="row").filter(pl.col("customer_id").is_not_null()),
        pl.LazyFrame({"response_id": list(urgent)}, schema={"response_id": pl.String}),
        pl.LazyFrame(list(contacts), schema=CONTACT, orient="row"),
        span=Span(Window(start, end), Clock(settings.as_of, "UTC")),
        settings=settings,
    )
    return {(row["month"], row["category"]): row for row in made.to_dicts()}


def counts(row):
    return {
        name: row[name] for name in ("answers", "contacted", "in_time", "resolved", "open_at_end", "overdue_at_end")
    }


def test_a_month():
    shown = levels(
        [
            answer("soon", "2024-05-10 10:00"),
            answer("just", "2024-05-10 10:00"),
            answer("late", "2024-05-10 10:00"),
            answer("never", "2024-05-10 10:00"),
            answer("nobody", "2024-05-10 10:00", customer=None),
            answer("passive", "2024-05-10 10:00", 8),
        ],
        [
            contact("soon", "2024-05-10 14:00", "2024-05-11"),
            contact("just", "2024-05-12 10:00"),
            contact("late", "2024-05-14 10:00"),
        ],
        end=JUNE,
        confidence=0.9,
    )
    assert shown.keys() == {(MAY, "detractor"), (MAY, "passive")}
    row = shown[MAY, "detractor"]
    assert counts(row) == {
        "answers": 4,
        "contacted": 3,
        "in_time": 2,
        "resolved": 1,
        "open_at_end": 1,
        "overdue_at_end": 1,
    }
    low, high = pl.select(low=wilson(pl.lit(2), pl.lit(4), 0.9)[0], high=wilson(pl.lit(2), pl.lit(4), 0.9)[1]).row(0)
    assert (row["in_time_share"], row["in_time_share_low"], row["in_time_share_high"]) == (0.5, low, high)
    # Of 4, 48 and 96 hours.
    assert (row["median_hours"], row["p90_hours"]) == (48, pytest.approx(86.4))
    assert row["is_reliable"] is False
    assert [shown[MAY, "passive"][name] for name in ("in_time_share", "median_hours")] == [0, None]


def test_an_answer_is_judged_in_the_month_in_which_it_fell_due():
    """One of 30 May is due on 1 June; called on 31 May, it is contacted in June's row and open in none."""
    answers = [answer("called", "2024-05-30 10:00"), answer("waiting", "2024-05-30 10:00"), answer("new", "2024-06-29")]
    shown = levels(answers, [contact("called", "2024-05-31 10:00")])
    assert counts(shown[MAY, "detractor"]) == {
        "answers": 0,
        "contacted": 0,
        "in_time": 0,
        "resolved": 0,
        "open_at_end": 1,
        "overdue_at_end": 0,
    }
    assert shown[MAY, "detractor"]["in_time_share"] is None
    assert counts(shown[JUNE, "detractor"]) == {
        "answers": 2,
        "contacted": 1,
        "in_time": 1,
        "resolved": 0,
        "open_at_end": 2,
        "overdue_at_end": 1,
    }


def test_nothing_after_a_month_s_end_is_in_it():
    answers = [answer("a", "2024-05-10"), answer("b", "2024-05-10")]
    may = levels(answers, [contact("a", "2024-05-11")], end=JUNE, as_of="2024-05-31 23:59:59")
    later = [answer("c", "2024-06-01")]
    contacts = [contact("a", "2024-05-11", "2024-06-01"), contact("b", "2024-06-01"), contact("c", "2024-06-02")]
    assert levels([*answers, *later], contacts, end=JUNE) == may
    assert levels([*answers, *later], contacts)[MAY, "detractor"] == may[MAY, "detractor"]


def test_who_is_held_out_or_marked_without_a_time_is_in_no_share():
    shown = levels(
        [
            answer("out", "2024-06-10", draw=0.1),
            answer("urgent", "2024-06-10", draw=0.1),
            answer("marked", "2024-06-10"),
            answer("called", "2024-06-10"),
        ],
        [
            contact("marked", "2024-06-10", "2024-06-10", is_dated=False),
            contact("called", "2024-06-13", is_dated=True),
        ],
        urgent=["urgent", "urgent"],
        start=JUNE,
        follow_up_holdout="2024-01-01:0.2",
    )[JUNE, "detractor"]
    assert counts(shown) == {
        "answers": 3,
        "contacted": 2,
        "in_time": 0,
        "resolved": 1,
        "open_at_end": 1,
        "overdue_at_end": 1,
    }
    assert (shown["held_out"], shown["undated"], shown["in_time_share"], shown["median_hours"]) == (1, 1, 0, 72)


def test_many_answers_are_reliable():
    answers = [answer(f"a{n}", "2024-06-10") for n in range(12)]
    assert levels(answers, min_responses=5, start=JUNE)[JUNE, "detractor"]["is_reliable"] is True
    assert levels(answers, start=JUNE)[JUNE, "detractor"]["is_reliable"] is False


def test_a_shop_without_answers_has_no_rows():
    assert levels([]) == {}
    assert levels([answer("a", "2023-01-01")], start=date(2024, 6, 1)) == {}
