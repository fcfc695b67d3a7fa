"""Half-open windows of days in the business time zone: the one window type.

Here: months, the windows of fixed length that a month owns, and the windows before them. Not here: the window whose
length follows from the data (pipelines/nps/automatic_window.py), reading or counting. All edges are days; a day starts
at midnight in the business time zone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import polars as pl

CALENDAR_GRAINS = {"week": "1w", "month": "1mo", "quarter": "1q", "year": "1y"}
TRAILING_GRAINS = {"trailing_90d": 90, "trailing_365d": 365}
GRAINS = (*CALENDAR_GRAINS, *TRAILING_GRAINS)
# Eleven figures of a run want windows of the same months: 30 ms of processor.
_REMEMBERED = 32


@dataclass(frozen=True, order=True)
class Window:
    """Days from `start` up to, not including, `end`.

    Raises:
        ValueError: the end is not after the start.
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        """Refuse an empty window."""
        if self.end <= self.start:
            message = f"window ends on {self.end}, not after its start {self.start}"
            raise ValueError(message)

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.end - self.start).days


def month_of(day: date) -> date:
    """First day of the day's month."""
    return day.replace(day=1)


def next_month(day: date) -> date:
    """First day of the month after the day's."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


@dataclass(frozen=True)
class Clock:
    """What is now, in the business time zone.

    as_of: the instant (aware). zone: IANA name. Events after `as_of` have not happened.
    """

    as_of: datetime
    zone: str

    @property
    def today(self) -> date:
        """The clock's day in the business time zone."""
        return self.as_of.astimezone(ZoneInfo(self.zone)).date()

    @property
    def tzinfo(self) -> ZoneInfo:
        """The zone itself."""
        return ZoneInfo(self.zone)

    @property
    def open_month(self) -> date:
        """First day of the month that is still open."""
        return month_of(self.today)

    @property
    def cut(self) -> date:
        """Where windows that are still open end: the day after today."""
        return self.today + timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """The months to compute together: `months` runs from the first day of one month to the first day of another.

    Months after the clock's open month have no windows: nothing has happened in them.
    """

    months: Window
    clock: Clock


WINDOWS = pl.Schema(
    {
        "grain": pl.String,
        "month": pl.Date,
        "period_start": pl.Date,
        "period_end": pl.Date,
        "is_complete": pl.Boolean,
        "previous_start": pl.Date,
        "previous_end": pl.Date,
    }
)


def windows(span: Span, *, grains: Iterable[str] = GRAINS) -> pl.DataFrame:
    """The windows that the span's months own, each with the window it is compared with.

    A window belongs to the month of its last included day. The clock's month also owns the windows still open, which
    end after the clock's day. A month's windows do not depend on the other months of the span.

    The previous window is the calendar predecessor, or the adjacent window of the same length for trailing grains. For
    an open calendar window it is as many first days of its predecessor as have passed (at most all of it: 31 days of
    March are compared with the 28 of February).

    Args:
        span: the months, and the clock that cuts what is open.
        grains: which grains, of GRAINS.

    Returns:
        Columns of WINDOWS; (grain, period_start) is unique; ordered by grain as given, then period_start. Within a
        grain all four edges grow with period_start.
    """
    frames = [
        trailing_windows(span, grain, TRAILING_GRAINS[grain]) if grain in TRAILING_GRAINS else _calendar(span, grain)
        for grain in grains
    ]
    return pl.concat([WINDOWS.to_frame(), *(frame.select(WINDOWS.names()) for frame in frames)])


@lru_cache(_REMEMBERED)
def _calendar(span: Span, grain: str) -> pl.DataFrame:
    unit = CALENDAR_GRAINS[grain]
    clock = span.clock
    start, days = pl.col("period_start"), pl.col("period_end") - pl.col("period_start")
    reach = pl.DataFrame({"first": [span.months.start], "last": [span.months.end]})
    return (
        reach.select(
            period_start=pl.date_ranges(pl.col("first").dt.truncate(unit), "last", interval=unit, closed="left")
        )
        .explode("period_start")
        .filter(start <= clock.today)
        .with_columns(grain=pl.lit(grain), natural_end=start.dt.offset_by(unit))
        .with_columns(
            period_end=pl.min_horizontal("natural_end", pl.lit(clock.cut)),
            is_complete=pl.col("natural_end") <= clock.today,
            previous_start=start.dt.offset_by(f"-{unit}"),
        )
        .with_columns(
            month=(pl.col("period_end") - pl.duration(days=1)).dt.month_start(),
            previous_end=pl.when("is_complete")
            .then(start)
            .otherwise(pl.min_horizontal(start, pl.col("previous_start") + days)),
        )
        .filter(pl.col("month").is_between(span.months.start, span.months.end, closed="left"))
    )


@lru_cache(_REMEMBERED)
def trailing_windows(span: Span, grain: str, days: int) -> pl.DataFrame:
    """Per month of the span the window of `days` days that ends with it, or with the clock's day in the open month.

    Returns:
        Columns of WINDOWS in another order, the grain as given; ordered by month.
    """
    clock = span.clock
    length = pl.duration(days=days)
    natural_end = pl.col("month").dt.offset_by("1mo")
    months = pl.DataFrame({"first": [span.months.start], "last": [span.months.end]})
    return (
        months.select(month=pl.date_ranges("first", "last", interval="1mo", closed="left"))
        .explode("month")
        .filter(pl.col("month") <= clock.today)
        .with_columns(
            grain=pl.lit(grain),
            period_end=pl.min_horizontal(natural_end, pl.lit(clock.cut)),
            is_complete=natural_end <= clock.today,
        )
        .with_columns(period_start=pl.col("period_end") - length)
        .with_columns(previous_start=pl.col("period_start") - length, previous_end=pl.col("period_start"))
    )
