"""When an answer is due: hours, days and business days, in the business zone."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from pipelines.figures import BY_TABLE
from pipelines.loop.due import due_at
from pipelines.settings import Settings


def due(tmp_path, times, answered, category="passive", **values):
    """The due time of one answer, in UTC without its zone."""
    settings = Settings(home=tmp_path, follow_up_hours=times, **values)
    at = datetime.fromisoformat(answered).replace(tzinfo=UTC)
    answer = pl.DataFrame(
        {"category": [category], "responded_at": [at]}, schema_overrides={"responded_at": pl.Datetime("us", "UTC")}
    )
    time = answer.select(due_at(settings, at.year)).item()
    return time and time.replace(tzinfo=None).isoformat(" ", "minutes")


def times(passive):
    return f"detractor:48h,passive:{passive},promoter:none"


@pytest.mark.parametrize(
    ("zone", "passive", "answered", "expected"),
    [
        ("UTC", "36h", "2024-05-03 20:00", "2024-05-05 08:00"),
        # To the same time of day, though the clocks changed.
        ("Europe/Paris", "7d", "2024-03-29 12:00", "2024-04-05 11:00"),
        # 02:30 does not exist on the day when they do, and comes twice when they go back.
        ("Europe/Paris", "7d", "2024-03-24 01:30", "2024-03-31 01:30"),
        ("Europe/Paris", "7d", "2024-10-20 00:30", "2024-10-27 00:30"),
        # From Friday: Monday is the first business day.
        ("UTC", "1bd", "2024-05-03 20:00", "2024-05-07 00:00"),
        ("UTC", "1bd", "2024-05-04 20:00", "2024-05-07 00:00"),
        ("UTC", "1bd", "2024-05-06 00:00", "2024-05-08 00:00"),
        ("UTC", "5bd", "2024-05-06 23:59", "2024-05-14 00:00"),
        # Saturday in Tokyo, Friday in New York.
        ("Asia/Tokyo", "1bd", "2024-05-03 20:00", "2024-05-06 15:00"),
        ("America/New_York", "1bd", "2024-05-04 02:00", "2024-05-07 04:00"),
        # Midnight is skipped there.
        ("America/Sao_Paulo", "1bd", "2018-11-02 12:00", "2018-11-06 02:00"),
    ],
)
def test_due(tmp_path, zone, passive, answered, expected):
    assert due(tmp_path, times(passive), answered, timezone=zone) == expected


def test_public_holidays_are_no_business_days(tmp_path):
    """In 2024, 8 and 9 May are holidays in France, 9 May alone in Germany; over the turn of the year too."""
    answered = "2024-05-07 12:00"
    assert due(tmp_path, times("2bd"), answered) == "2024-05-10 00:00"
    assert due(tmp_path, times("2bd"), answered, country="DE") == "2024-05-11 00:00"
    assert due(tmp_path, times("2bd"), answered, country="FR") == "2024-05-14 00:00"
    assert due(tmp_path, times("1bd"), "2024-05-09 12:00", country="FR") == "2024-05-11 00:00"
    assert due(tmp_path, times("1bd"), "2024-12-31 12:00", country="FR") == "2025-01-03 00:00"


def test_a_category_that_nobody_follows_up_is_never_due(tmp_path):
    assert due(tmp_path, times("1d"), "2024-05-07 12:00", category="promoter") is None
    assert due(tmp_path, times("1d"), "2024-05-07 12:00", category="detractor") == "2024-05-09 12:00"


@pytest.mark.parametrize("table", ["loop.follow_ups", "loop.service_levels"])
def test_another_version_of_the_holidays_makes_the_figures_stale(tmp_path, monkeypatch, table):
    def fingerprint(**values):
        return BY_TABLE[table].fingerprint(Settings(home=tmp_path, **values))

    before = fingerprint(country="DE"), fingerprint(), fingerprint(country="DE", follow_up_hours=times("3d"))
    assert fingerprint(country="FR") != before[0]
    monkeypatch.setattr("pipelines.business_days.version", lambda _: "another")
    after = fingerprint(country="DE"), fingerprint(), fingerprint(country="DE", follow_up_hours=times("3d"))
    assert [old == new for old, new in zip(before, after, strict=True)] == [False, True, True]
