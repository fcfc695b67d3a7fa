"""nps.alarm: no knowledge of later answers, the day of a drop, and the scores beside the evidence."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.nps.alarm import RUNNING, alarm
from pipelines.periods import Clock, Span, Window
from pipelines.settings import Settings
from pipelines.statistics.drop_evidence import RATE

FIRST = date(2023, 9, 1)
CATEGORIES = ["detractor", "passive", "promoter"]


def shop(drop_on: date | None = None, *, days: int = 300, per_day: int = 6, seed: int = 4) -> pl.DataFrame:
    """Answers of the days from FIRST on; from `drop_on` half of the promoters become detractors."""
    rng = np.random.default_rng(seed)
    day = np.repeat(np.arange(days), per_day)
    dates = pl.Series([FIRST]).dt.offset_by(pl.Series(day).cast(pl.String) + "d")
    drawn = rng.choice(3, len(day), p=[0.15, 0.3, 0.55])
    turned = rng.random(len(day)) < 0.5
    if drop_on is not None:
        late = (dates >= drop_on).to_numpy()
        drawn = np.where(late & turned & (drawn == 2), 0, drawn)
    return pl.DataFrame({"response_date": dates, "category": pl.Series(CATEGORIES).gather(drawn)}).with_columns(
        response_id=pl.int_range(pl.len()).cast(pl.String).str.zfill(6),
        responded_at=pl.col("response_date").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
        + pl.duration(minutes=pl.int_range(pl.len()).over("response_date")),
    )


def rows(answers: pl.DataFrame, first: date, last: date, today: date) -> pl.DataFrame:
    as_of = datetime(today.year, today.month, today.day, 23, 59, tzinfo=UTC)
    past = answers.filter(pl.col("responded_at") <= as_of)
    span = Span(Window(first, last), Clock(as_of, "UTC"))
    return alarm(past.lazy(), span=span, settings=Settings(home=Path("nowhere"), as_of=as_of))


def test_a_night_uses_only_answers_up_to_then() -> None:
    answers = shop(date(2024, 3, 1))
    whole = rows(answers, date(2023, 9, 1), date(2024, 7, 1), date(2024, 6, 20))
    assert whole["day"].to_list() == pl.date_range(FIRST, date(2024, 6, 20), eager=True).to_list()
    for night in (date(2023, 9, 1), date(2023, 12, 31), date(2024, 1, 1), date(2024, 3, 9), date(2024, 6, 1)):
        month = night.replace(day=1)
        following = (month + timedelta(days=32)).replace(day=1)
        seen = rows(answers, month, following, night)
        expected = whole.filter(pl.col("day").is_between(month, night))
        assert_frame_equal(seen, expected, check_exact=True)


def test_a_drop_is_reported_with_its_day() -> None:
    result = rows(shop(date(2024, 4, 10), per_day=20), date(2024, 1, 1), date(2024, 6, 1), date(2024, 5, 31))
    quiet, loud = result.filter(pl.col("day") < date(2024, 4, 10)), result.filter(pl.col("is_alarm"))
    assert not quiet["is_alarm"].any()
    assert loud["day"].min() < date(2024, 4, 25)
    assert abs((loud["since"][-1] - date(2024, 4, 10)).days) <= 4
    assert result["threshold"].unique().to_list() == [1 / RATE]
    assert set(result.filter(~pl.col("is_alarm"))["since"]) == {None}


def test_scores_beside_the_evidence() -> None:
    answers = shop(days=100)
    last = FIRST + timedelta(days=99)
    row = rows(answers, last.replace(day=1), date(2024, 1, 1), last).row(-1, named=True)
    sign = answers["category"].replace_strict(CATEGORIES, [-1, 0, 1], return_dtype=pl.Int64)
    running, before = sign.tail(6 * RUNNING), sign.head(6 * (100 - RUNNING))
    assert (row["day"], row["responses"], row["baseline_responses"]) == (last, len(running), len(before))
    assert row["nps_running"] == pytest.approx(100 * running.mean())
    assert row["baseline_nps"] == pytest.approx(100 * before.mean())
    # In the first weeks everything is in the running score and nothing in the baseline.
    first = rows(answers, date(2023, 9, 1), date(2023, 10, 1), last).row(0, named=True)
    assert (first["responses"], first["baseline_responses"], first["baseline_nps"]) == (6, 0, None)


def test_without_answers_there_is_no_row() -> None:
    assert rows(shop().head(0), date(2024, 1, 1), date(2024, 3, 1), date(2024, 2, 9)).is_empty()
    # A shop that stopped two years ago has nothing to compare.
    assert rows(shop(days=3), date(2026, 1, 1), date(2026, 2, 1), date(2026, 1, 9)).is_empty()
