"""Months as whole numbers, and instants as seen from the clock and the business zone.

Here: the months of a span and what compares with them. Not here: windows of other lengths (pipelines/periods.py).
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import polars as pl

from pipelines.periods import Clock, Span, next_month

_EPOCH = date(1970, 1, 1)


class Month(NamedTuple):
    """A month of a span: first day, end (exclusive), months since year 0."""

    start: date
    end: date
    number: int

    @property
    def last_day(self) -> int:
        """The last day it covers, in days since 1970."""
        return (self.end - _EPOCH).days - 1


def months_of(span: Span) -> list[Month]:
    """The months of the span up to the open one, which ends with the clock's day."""
    months = []
    start = span.months.start
    while start < span.months.end and start <= span.clock.open_month:
        following = next_month(start)
        months.append(Month(start, min(following, span.clock.cut), start.year * 12 + start.month - 1))
        start = following
    return months


def before(month: Month, months: int = 1) -> Month:
    """The whole month a number of months before."""
    number = month.number - months
    first, following = (date(n // 12, n % 12 + 1, 1) for n in (number, number + 1))
    return Month(first, following, number)


def month_number(day: pl.Expr) -> pl.Expr:
    """Months since year 0, so that months compare and count as integers."""
    return day.dt.year() * 12 + day.dt.month().cast(pl.Int32) - 1


def happened(column: str, clock: Clock) -> pl.Expr:
    """Whether the instant is at or before the clock's."""
    return pl.col(column) <= pl.lit(clock.as_of).dt.convert_time_zone("UTC")


def utc(*columns: str) -> pl.Expr:
    """Timestamps in UTC, whatever the session's zone: Polars does not compare timestamps of two zones."""
    return pl.col(*columns).dt.convert_time_zone("UTC")


def business_day(instant: pl.Expr, clock: Clock) -> pl.Expr:
    """Day of an instant in the business time zone."""
    return instant.dt.convert_time_zone(clock.zone).dt.date()
