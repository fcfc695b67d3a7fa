"""Half-open windows of days in the business zone: the one window type.

Here: months, the windows a month owns at every grain, and their previous windows. Not here: reading or counting.
All edges are days; a day starts at midnight of the business zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

CALENDAR_GRAINS = ("week", "month", "quarter", "year")
TRAILING_GRAINS = {"trailing_90d": 90, "trailing_365d": 365}
GRAINS = (*CALENDAR_GRAINS, *TRAILING_GRAINS)


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
    """What is now, in the business zone.

    as_of: the instant (aware). zone: IANA name. Events after `as_of` have not happened.
    """

    as_of: datetime
    zone: str

    @property
    def today(self) -> date:
        """Business day of the clock."""
        return self.as_of.astimezone(ZoneInfo(self.zone)).date()

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
    """The months to compute in one go: `months` runs from the first day of one month to the first day of another.

    Months after the clock's open month belong to no span's result: nothing has happened in them.
    """

    months: Window
    clock: Clock
