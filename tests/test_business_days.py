"""Public holidays: those of the whole country, with the weekdays on which they are taken."""

from __future__ import annotations

from datetime import date
from importlib.metadata import version

import pytest

from pipelines.business_days import calendar, public_holidays
from pipelines.settings import Settings


@pytest.mark.parametrize(
    ("country", "days", "weekdays"),
    [
        (None, [], ["2024-05-09", "2022-01-03"]),
        ("FR", ["2024-05-08", "2024-05-09", "2022-12-25"], ["2024-05-10", "2024-10-03"]),
        ("DE", ["2024-05-09", "2024-10-03"], ["2024-05-08", "2024-05-30"]),
        ("GB", ["2022-01-03"], ["2022-01-04"]),
        ("AC", [], ["2024-12-25"]),
    ],
)
def test_days(country, days, weekdays):
    known = public_holidays(country, 2022, 2024)
    assert set(map(date.fromisoformat, days)) <= set(known)
    assert not set(map(date.fromisoformat, weekdays)) & set(known)
    assert list(known) == sorted(known)


def test_the_version_is_part_of_what_is_due_in_business_days(tmp_path):
    def of(**values):
        return Settings(home=tmp_path, **values).holiday_calendar

    assert of(country="DE") == calendar("DE") == f"DE {version('holidays')}"
    assert of() == ""
    assert of(country="DE", follow_up_hours="detractor:48h,passive:5d,promoter:none") == ""
