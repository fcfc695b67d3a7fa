"""Public holidays of a country, for what is due in business days.

Here: the library's calls. Not here: counting the days (pipelines/loop/due.py). Holidays are those of the whole country,
with the weekdays on which a holiday is taken that falls on a weekend; regional ones are not known to a shop's settings.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib import import_module
from importlib.metadata import version


@cache
def public_holidays(country: str | None, first_year: int, last_year: int) -> tuple[date, ...]:
    """Days of the public holidays of both years and those between, in order; none without a country.

    The two territories whose phone numbers are known and whose holidays are not (AC, TA) have none.
    """
    if country is None:
        return ()
    # Imported when days are counted: the library and one country take 0.5 s of processor.
    library = import_module("holidays")
    try:
        days: Iterable[date] = library.country_holidays(country, years=range(first_year, last_year + 1))
    except NotImplementedError:
        return ()
    return tuple(sorted(days))


def calendar(country: str | None) -> str:
    """What says which days are holidays: other versions of the library may know others."""
    return f"{country} {version('holidays')}" if country else ""
