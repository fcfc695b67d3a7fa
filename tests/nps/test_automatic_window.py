"""The automatic window: which windows a month may have, and which one it gets."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.nps.automatic_window import DAYS, GRAIN, candidates, chosen, is_candidate
from pipelines.periods import WINDOWS, Clock, Span, Window, next_month, windows

YEARS = Window(date(2019, 1, 1), date(2025, 1, 1))
LATER = Clock(datetime(2026, 6, 15, 12, tzinfo=UTC), "UTC")


def starts(result: pl.DataFrame, month: date) -> list[date]:
    return result.filter(pl.col("month") == month)["period_start"].to_list()


def test_no_day_begins_the_windows_of_two_months():
    result = candidates(Span(YEARS, LATER))
    assert result.schema == WINDOWS
    assert result["period_start"].is_unique().all()
    assert result.select(pl.col("period_end") == pl.col("month").dt.offset_by("1mo")).to_series().all()


def test_the_earlier_month_drops_the_shorter_of_two_windows_with_one_start():
    result = candidates(Span(YEARS, LATER))
    # 90 days up to 1 December 2022 and 180 up to 1 March 2023.
    assert date(2022, 9, 2) not in starts(result, date(2022, 11, 1))
    assert date(2022, 9, 2) in starts(result, date(2023, 2, 1))


def test_the_open_month_drops_the_longer_of_two_windows_with_one_start():
    clock = Clock(datetime(2023, 6, 29, 12, tzinfo=UTC), "UTC")
    result = candidates(Span(Window(YEARS.start, date(2023, 7, 1)), clock))
    # On 29 June the 90 days begin on 1 April, where April's 30 days begin.
    assert date(2023, 4, 1) in starts(result, date(2023, 4, 1))
    assert date(2023, 4, 1) not in starts(result, date(2023, 6, 1))


@pytest.mark.parametrize("today", [date(2024, 6, day) for day in range(1, 31)])
def test_the_open_month_moves_no_window_of_a_closed_one(today):
    clock = Clock(datetime(today.year, today.month, today.day, 12, tzinfo=UTC), "UTC")
    result, closed = candidates(Span(Window(YEARS.start, date(2024, 7, 1)), clock)), pl.col("is_complete")
    assert result["period_start"].is_unique().all()
    expected = candidates(Span(Window(YEARS.start, date(2024, 6, 1)), LATER))
    assert_frame_equal(result.filter(closed), expected, check_row_order=False)
    longest, shortest = (closed, pl.col("grain") == "auto_365d"), (~closed, pl.col("grain") == "auto_7d")
    assert result.filter(*longest)["month"].n_unique() == result.filter(closed)["month"].n_unique()
    assert result.filter(*shortest).height == 1


def test_a_month_has_the_same_candidates_in_every_span():
    whole = candidates(Span(YEARS, LATER))
    for month in whole["month"].unique():
        alone = candidates(Span(Window(month, next_month(month)), LATER))
        assert_frame_equal(alone, whole.filter(pl.col("month") == month), check_row_order=False)


def scored(*margins: float | None) -> pl.DataFrame:
    """Scores of one month's candidates, shortest first, of every stage alike."""
    ends = [date(2024, 6, 30 - index) for index in range(len(margins))]
    rows = pl.DataFrame(
        {"grain": list(DAYS)[: len(margins)], "period_start": ends, "margin_of_error": margins},
        schema_overrides={"margin_of_error": pl.Float64},
    )
    return rows.with_columns(month=date(2024, 6, 1), stage=pl.lit("all"))


@pytest.mark.parametrize(
    ("margins", "index"),
    [((12.0, 10.0, 4.0), 1), ((9.0, 8.0), 0), ((30.0, 20.0, 11.0), 2), ((None, 20.0, 9.0), 2), ((None, None), 1)],
)
def test_the_shortest_window_within_the_margin_is_chosen_else_the_longest(margins, index):
    rows = scored(*margins)
    assert_frame_equal(chosen(rows, 10), rows[index].with_columns(grain=pl.lit(GRAIN)))


def test_each_month_and_stage_has_a_choice_of_its_own():
    rows = scored(12.0, 9.0)
    other = rows.with_columns(stage=pl.lit("post_order"), margin_of_error=pl.Series([9.0, 5.0]))
    result = chosen(pl.concat([rows, other]), 10)
    assert result.select("stage", "period_start").rows() == [
        ("all", date(2024, 6, 29)),
        ("post_order", date(2024, 6, 30)),
    ]


def test_candidates_are_distinguished_from_windows_of_fixed_length():
    span = Span(YEARS, LATER)
    assert candidates(span).select(is_candidate()).to_series().all()
    assert not windows(span).select(is_candidate()).to_series().any()
