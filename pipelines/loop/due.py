"""When an answer is to be followed up (NORTHSTAR_FOLLOW_UP_HOURS).

Here: the time by which, from category and time of the answer. Not here: which days are public holidays
(pipelines/business_days.py), and whether that time was kept.
"""

from __future__ import annotations

from datetime import date
from functools import cache

import polars as pl

from pipelines.business_days import public_holidays
from pipelines.settings import EARLIEST, Settings


def due_at(settings: Settings, last_year: int) -> pl.Expr:
    """Time by which an answer is due, NULL for a category that nobody follows up.

    Hours are counted on. Days lead to the same time of day. Business days lead to the end of the last of them, in the
    business zone; the first is the one after the day of the answer.

    Args:
        settings: follow_up_hours, timezone and country, whose public holidays are no business days.
        last_year: of the answers.

    Returns:
        An expression over category and responded_at (UTC).
    """
    local = pl.col("responded_at").dt.convert_time_zone(settings.timezone)
    due = pl.lit(None, dtype=pl.Datetime("us", settings.timezone))
    for category, number, unit in settings.follow_up_hours:
        if unit == "h":
            time = local + pl.duration(hours=number)
        elif unit == "d":
            time = _in_zone(local.dt.replace_time_zone(None) + pl.duration(days=number), settings.timezone)
        elif unit == "bd":
            days = _business_days(number, settings.timezone, settings.country, last_year)
            # By day, of which there are few: an eighth of the time of counting for every answer.
            time = local.dt.date().replace_strict(days["day"], days["end"])
        else:
            continue
        due = pl.when(pl.col("category") == category).then(time).otherwise(due)
    return due.dt.convert_time_zone("UTC")


@cache
def _business_days(number: int, zone: str, country: str | None, last_year: int) -> pl.DataFrame:
    """Every day an answer may have (`day`), and the end of the business day by which it is then due."""
    holidays = public_holidays(country, EARLIEST.year, last_year + 1)
    days = pl.date_range(date(EARLIEST.year - 1, 12, 31), date(last_year, 12, 31), eager=True)
    # Back to a business day first, so that whatever follows it is the first one after the answer.
    last_day = pl.col("day").dt.add_business_days(number, holidays=holidays, roll="backward")
    end = _in_zone(last_day.dt.offset_by("1d").cast(pl.Datetime("us")), zone)
    return pl.DataFrame({"day": days}).with_columns(end=end)


def _in_zone(wall: pl.Expr, zone: str) -> pl.Expr:
    """The instant of a wall clock: the first of two, or an hour later where clocks skip it."""
    instant = wall.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    later = (wall + pl.duration(hours=1)).dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return instant.fill_null(later)
