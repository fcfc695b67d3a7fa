"""The days of the simulated history in the shop's time zone.

Here: edges of days as instants, waits that end within the history, instants as text. Not here: what happens on the
days. Instants are seconds since 1970 UTC in integer columns named `*_at`, money is integer cents; both become text only
in the exports.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.periods import month_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

HOUR = 3600
DAY = 24 * HOUR


@dataclass(frozen=True)
class Calendar:
    """The days of the history in the shop's zone; `midnights` extend 200 days beyond its end."""

    start: date
    end: date
    zone: str
    midnights: Ints

    @classmethod
    def of(cls, months: int, end: date, zone: str) -> Calendar:
        """`months` calendar months; the last one is that of the day before `end`."""
        start = month_of(end - timedelta(days=1))
        for _ in range(months - 1):
            start = month_of(start - timedelta(days=1))
        days = (start + timedelta(days=n) for n in range((end - start).days + 200))
        stamps = [int(datetime.combine(day, time(), ZoneInfo(zone)).timestamp()) for day in days]
        return cls(start, end, zone, np.array(stamps, dtype=np.int64))

    @property
    def days(self) -> int:
        """Days in the history."""
        return (self.end - self.start).days

    @property
    def end_at(self) -> int:
        """First second that has not happened."""
        return int(self.midnights[self.days])

    @property
    def dates(self) -> list[date]:
        """Every day of the history."""
        return [self.start + timedelta(days=n) for n in range(self.days)]

    @property
    def months(self) -> list[date]:
        """First day of every month of the history."""
        return [day for day in self.dates if day.day == 1]

    def day(self, instants: Ints) -> Ints:
        """Number of the local day of each instant."""
        return np.asarray(np.searchsorted(self.midnights, instants, side="right") - 1, dtype=np.int64)


def cut_exponential(mean: float, longest: Floats, rng: np.random.Generator) -> Floats:
    """Exponential waits, conditional on ending before `longest`."""
    return np.asarray(-mean * np.log1p(rng.random(len(longest)) * np.expm1(-longest / mean)))


def instant_text(column: str, text: str, zone: str = "UTC") -> pl.Expr:
    """An instant as text in a zone."""
    return pl.from_epoch(column).dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.to_string(text)
