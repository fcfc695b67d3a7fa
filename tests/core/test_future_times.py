"""Orders and answers of the future are told until their time has come, whether or not anything lands meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from night import ingest, land, settings_for

from pipelines.settings import Settings
from pipelines.warehouse.connection import opened

TOLD = (
    "SELECT kind, subject, records, money::VARCHAR, example, regexp_extract(advice, '\\d{4}-\\d{2}') FROM ops.doubts "
    "WHERE doubt = 'future_time' ORDER BY ALL"
)
ORDERS = "order_id,ordered_at,total\nA1,2026-05-01,5\nA2,{},7\nA3,2026-12-31,2\n"
ANSWERS = "response_id,responded_at,score\nR1,2026-05-01,9\nR2,{},3\n"


def told(settings: Settings, as_of: str) -> list[tuple[object, ...]]:
    later = settings.model_copy(update={"as_of": datetime.fromisoformat(as_of).replace(tzinfo=UTC)})
    with opened(later) as connection:
        ingest(connection, later)
        return connection.sql(TOLD).fetchall()


@pytest.mark.slow
def test_times_of_the_future_are_told_until_they_have_come(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, timezone="UTC", currency="EUR")
    land(settings, {"orders.csv": ORDERS.format("2026-08-01"), "answers.csv": ANSWERS.format("2026-07-02")})
    orders = ("orders", "ordered_at", 2, "9.00", "A2", "2026-08")
    answers = ("responses", "responded_at", 1, None, "R2", "2026-07")
    assert told(settings, "2026-06-01") == [orders, answers]
    assert told(settings, "2026-07-02") == [orders]
    # Without news: the clock alone.
    assert told(settings, "2026-08-02") == [("orders", "ordered_at", 1, "2.00", "A3", "2026-12")]
    assert told(settings, "2027-01-01") == []
    assert told(settings, "2026-06-01") == [orders, answers]


@pytest.mark.first(1)
@pytest.mark.parametrize(
    ("written", "is_told"), [("2026-06-01 23:59", False), ("2026-06-02 11:00", False), ("2026-06-02 13:00", True)]
)
def test_a_day_ahead_may_be_another_zone(tmp_path: Path, written: str, is_told: bool) -> None:
    settings = settings_for(tmp_path, timezone="UTC")
    land(settings, {"answers.csv": ANSWERS.format(written)})
    assert bool(told(settings, "2026-06-01 12:00")) is is_told


@pytest.mark.slow
def test_a_newer_file_corrects_the_time(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, timezone="UTC")
    land(settings, {"old.csv": "order_id,ordered_at,total,updated_at\nA1,2062-05-01,5,2026-05-02\n"})
    assert [row[:3] for row in told(settings, "2026-06-01")] == [("orders", "ordered_at", 1)]
    land(settings, {"new.csv": "order_id,ordered_at,total,updated_at\nA1,2026-05-01,5,2026-05-03\n"})
    assert told(settings, "2026-06-01") == []
