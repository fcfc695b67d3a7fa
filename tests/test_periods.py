"""Windows: against a day-by-day reference, and the promises that every table builds on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipelines.periods import (
    CALENDAR_GRAINS,
    GRAINS,
    TRAILING_GRAINS,
    WINDOWS,
    Clock,
    Span,
    Window,
    month_of,
    next_month,
    windows,
)

DAY = timedelta(days=1)
days = st.dates(date(2015, 1, 1), date(2031, 12, 31))


def clock_on(day: date) -> Clock:
    return Clock(datetime(day.year, day.month, day.day, 13, 30, tzinfo=UTC), "UTC")


def months_from(first: date, number: int) -> list[date]:
    months = [month_of(first)]
    while len(months) < number:
        months.append(next_month(months[-1]))
    return months


def span_of(first: date, number: int, clock: Clock) -> Span:
    months = months_from(first, number)
    return Span(Window(months[0], next_month(months[-1])), clock)


def unit(grain: str, day: date) -> date:
    """First day of the week, month, quarter or year of a day."""
    match grain:
        case "week":
            return day - timedelta(days=day.isoweekday() - 1)
        case "month":
            return day.replace(day=1)
        case "quarter":
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case _:
            return day.replace(month=1, day=1)


def next_unit(grain: str, start: date) -> date:
    day = start + timedelta(days={"week": 7, "month": 27, "quarter": 89, "year": 364}[grain])
    while unit(grain, day) == start:
        day += DAY
    return day


def reference(span: Span) -> pl.DataFrame:
    """Every window by looking at one day after the other."""
    today = span.clock.today
    rows = []
    for grain in CALENDAR_GRAINS:
        seen = set()
        day = span.months.start
        while day < span.months.end and day <= today:
            start = unit(grain, day)
            end = next_unit(grain, start)
            cut = min(end, today + DAY)
            if day == cut - DAY and start not in seen:
                seen.add(start)
                before = unit(grain, start - DAY)
                complete = end <= today
                before_end = start if complete else min(start, before + (cut - start))
                rows.append((grain, month_of(day), start, cut, complete, before, before_end))
            day += DAY
    for grain, length in TRAILING_GRAINS.items():
        month = span.months.start
        while month < span.months.end and month <= today:
            end = min(next_month(month), today + DAY)
            start = end - timedelta(days=length)
            complete = next_month(month) <= today
            rows.append((grain, month, start, end, complete, start - timedelta(days=length), start))
            month = next_month(month)
    return pl.DataFrame(rows, schema=WINDOWS, orient="row")


@settings(deadline=None, max_examples=60)
@given(first=days, number=st.integers(1, 30), today=days)
def test_windows_equal_a_walk_over_the_days(first: date, number: int, today: date) -> None:
    span = span_of(first, number, clock_on(today))
    assert_frame_equal(windows(span), reference(span))


@pytest.mark.slow
@settings(deadline=None, max_examples=30)
@given(first=days, number=st.integers(1, 24), today=days)
def test_a_months_windows_do_not_depend_on_the_other_months(first: date, number: int, today: date) -> None:
    clock = clock_on(today)
    single = [windows(span_of(month, 1, clock)) for month in reversed(months_from(first, number))]
    order = ["grain", "period_start"]
    assert_frame_equal(pl.concat(single).sort(order), windows(span_of(first, number, clock)).sort(order))


@settings(deadline=None, max_examples=30)
@given(number=st.integers(1, 40), today=days)
def test_windows_are_unique_and_end_in_their_month(number: int, today: date) -> None:
    frame = windows(span_of(date(2019, 1, 1), number, clock_on(today)))
    assert frame.select("grain", "period_start").is_unique().all()
    checks = frame.select(
        half_open=(pl.col("period_start") < pl.col("period_end")).all(),
        in_month=((pl.col("period_end") - timedelta(days=1)).dt.month_start() == pl.col("month")).all(),
        before=(pl.col("previous_end") <= pl.col("period_start")).all(),
        not_empty=(pl.col("previous_start") < pl.col("previous_end")).all(),
        nothing_after_the_clock=(pl.col("period_end") <= today + DAY).all(),
    )
    assert all(checks.row(0))


@pytest.mark.parametrize("grain", CALENDAR_GRAINS)
def test_every_day_of_a_closed_year_is_in_one_window(grain: str) -> None:
    frame = windows(span_of(date(2023, 1, 1), 26, clock_on(date(2026, 5, 5))), grains=[grain])
    held: defaultdict[date, int] = defaultdict(int)
    for start, end in frame.select("period_start", "period_end").rows():
        for number in range((end - start).days):
            held[start + timedelta(days=number)] += 1
    year = [date(2024, 1, 1) + timedelta(days=number) for number in range(366)]
    assert [held[day] for day in year] == [1] * 366


@pytest.mark.parametrize("grains", [GRAINS, ("quarter",), ("trailing_365d", "month"), ()])
def test_only_the_grains_asked_for_in_their_order(grains: Iterable[str]) -> None:
    frame = windows(span_of(date(2024, 1, 1), 12, clock_on(date(2026, 5, 5))), grains=grains)
    assert frame["grain"].unique(maintain_order=True).to_list() == list(grains)
    assert frame.schema == WINDOWS


def test_the_open_month_owns_the_windows_still_open() -> None:
    """Monday the 12th of January 2026: twelve days into its month, quarter and year, one into its week."""
    frame = windows(span_of(date(2026, 1, 1), 2, clock_on(date(2026, 1, 12)))).filter(~pl.col("is_complete"))
    january, cut = date(2026, 1, 1), date(2026, 1, 13)
    expected = [
        ("week", january, date(2026, 1, 12), cut, False, date(2026, 1, 5), date(2026, 1, 6)),
        ("month", january, january, cut, False, date(2025, 12, 1), date(2025, 12, 13)),
        ("quarter", january, january, cut, False, date(2025, 10, 1), date(2025, 10, 13)),
        ("year", january, january, cut, False, date(2025, 1, 1), date(2025, 1, 13)),
        ("trailing_90d", january, date(2025, 10, 15), cut, False, date(2025, 7, 17), date(2025, 10, 15)),
        ("trailing_365d", january, date(2025, 1, 13), cut, False, date(2024, 1, 14), date(2025, 1, 13)),
    ]
    assert_frame_equal(frame, pl.DataFrame(expected, schema=WINDOWS, orient="row"))


def test_a_week_that_crosses_the_months_is_owned_by_its_last_day() -> None:
    clock = clock_on(date(2026, 6, 1))
    january, february = (windows(span_of(date(2026, m, 1), 1, clock), grains=["week"]) for m in (1, 2))
    assert january["period_end"].max() == date(2026, 1, 26)
    assert february["period_start"].min() == date(2026, 1, 26)


def test_a_predecessor_shorter_than_the_cut_window_is_taken_whole() -> None:
    frame = windows(span_of(date(2026, 3, 1), 1, clock_on(date(2026, 3, 30))), grains=["month"])
    assert frame.row(0)[-2:] == (date(2026, 2, 1), date(2026, 3, 1))


@pytest.mark.parametrize(("day", "complete"), [(date(2026, 1, 31), False), (date(2026, 2, 1), True)])
def test_a_window_is_complete_once_the_clock_has_passed_its_last_midnight(day: date, complete: bool) -> None:
    midnight = Clock(datetime(day.year, day.month, day.day, tzinfo=UTC), "UTC")
    frame = windows(span_of(date(2026, 1, 1), 1, midnight), grains=["month", "trailing_90d"])
    assert frame["is_complete"].to_list() == [complete, complete]
    assert frame["period_end"].to_list() == [date(2026, 2, 1)] * 2


@settings(deadline=None, max_examples=40)
@given(
    instant=st.datetimes(datetime(2024, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    zone=st.sampled_from(["UTC", "America/Sao_Paulo", "Pacific/Apia", "Europe/Paris", "Australia/Lord_Howe"]),
)
def test_only_the_business_day_of_the_clock_matters(instant: datetime, zone: str) -> None:
    """Windows are days: summer time and the zone's distance from UTC do not move an edge."""
    clock = Clock(instant, zone)
    assert clock.today == instant.astimezone(ZoneInfo(zone)).date()
    assert_frame_equal(
        windows(span_of(date(2024, 1, 1), 24, clock)), windows(span_of(date(2024, 1, 1), 24, clock_on(clock.today)))
    )


def test_months_after_the_open_one_own_no_windows() -> None:
    assert windows(span_of(date(2026, 2, 1), 6, clock_on(date(2026, 1, 31)))).is_empty()


def test_a_window_without_days_is_refused() -> None:
    with pytest.raises(ValueError, match="not after its start"):
        Window(date(2026, 1, 1), date(2026, 1, 1))
    assert Window(date(2026, 1, 1), date(2026, 1, 2)).days == 1
