"""The warnings on a whole shop: none on a quiet one, the right one after each kind of trouble."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from warehouse.small_warehouse import months, warehouse

from pipelines.figures import BY_TABLE, checks
from pipelines.figures.compute import compute
from pipelines.warehouse.frames import registered

FIRST, DAYS, PER_DAY = date(2023, 6, 1), 300, 24
# Tuesday: the newest complete week ends on Sunday the 24th, the newest complete month is February.
CLOCK = datetime(2024, 3, 26, 20, tzinfo=UTC)
TABLES = ("nps.by_period", "nps.by_segment", "nps.drivers", "nps.alarm", "nps.expected_answers")
TOPICS = ["delivery", "price", "none"]


def answers(trouble: str, seed: int) -> pl.DataFrame:
    """Answers of an unchanged shop, or of one with recent trouble."""
    rng = np.random.default_rng(seed)
    volume = np.full(DAYS, PER_DAY)
    if trouble == "fewer answers":
        volume[-9:] = PER_DAY // 3
    day = np.repeat(np.arange(DAYS), volume)
    number = len(day)
    made = pl.DataFrame({"n": np.arange(number), "day": day}).select(
        response_id=pl.format("r{}", pl.col("n").cast(pl.String).str.zfill(6)),
        responded_at=pl.lit(datetime(FIRST.year, FIRST.month, FIRST.day, 12, tzinfo=UTC))
        + pl.duration(days="day", minutes=pl.col("n") % 60),
    )
    made = made.with_columns(
        response_date=pl.col("responded_at").dt.date(),
        sign=pl.Series(rng.choice([-1, 0, 1], number, p=[0.2, 0.3, 0.5])),
        country=pl.Series(["DE", "FR", "NL"]).gather(rng.integers(0, 3, number)),
        tier=pl.Series(["gold", "silver"]).gather(rng.integers(0, 2, number)),
        topic=pl.Series(TOPICS).gather(rng.choice(3, number, p=[0.4, 0.3, 0.3])),
    )
    when = pl.col("response_date")
    fallen = {
        "a drop": (when >= date(2024, 3, 5)) & pl.Series(rng.random(number) < 0.25),
        "a segment": (when >= date(2024, 2, 1)) & (when < date(2024, 3, 1)) & (pl.col("country") == "NL")
        & pl.Series(rng.random(number) < 0.5),
    }.get(trouble, pl.lit(value=False))  # fmt: skip
    unmatched = pl.lit("none") if trouble == "other words" else pl.col("topic")
    return made.with_columns(sign=pl.when(fallen).then(-1).otherwise("sign"), topic=unmatched)


def fill(connection, made: pl.DataFrame, trouble: str) -> None:
    made = made.with_columns(
        category=pl.col("sign").replace_strict([-1, 0, 1], ["detractor", "passive", "promoter"]),
        score=pl.col("sign").replace_strict([-1, 0, 1], [3, 8, 10]).cast(pl.Int8),
        invited_at=pl.col("responded_at") - timedelta(days=2),
    )
    # Four invitations per answer; with trouble, eight in the newest week that is 14 days old.
    week = pl.col("invited_at").dt.date().is_between(date(2024, 3, 4), date(2024, 3, 10))
    copies = pl.when(week & (trouble == "silence")).then(8).otherwise(4)
    invitations = made.select("response_id", "invited_at", copy=pl.int_ranges(0, copies)).explode("copy")
    with registered(connection, "made", made), registered(connection, "sent", invitations):
        connection.execute(
            "INSERT INTO core.responses BY NAME SELECT response_id, 'canonical' AS source, 'relational' AS stage, "
            "'none' AS order_link, invited_at, responded_at, response_date, score, category, 'Text.' AS comment, "
            "'en' AS language FROM made"
        )
        connection.execute("INSERT INTO core.response_topics SELECT response_id, topic FROM made")
        for name in ("country", "tier"):
            connection.execute(f"INSERT INTO core.response_segments SELECT response_id, '{name}', {name} FROM made")
        connection.execute(
            "INSERT INTO core.invitations BY NAME SELECT response_id || '-' || copy AS invitation_id, 'canonical' AS "
            "source, invited_at, CAST(invited_at AS DATE) AS invited_date, true AS is_declared, "
            "CASE WHEN copy = 0 THEN response_id END AS response_id FROM sent"
        )


def warnings(tmp_path, trouble: str, seed: int) -> list[str]:
    with warehouse(tmp_path, as_of=CLOCK, timezone="UTC") as (connection, settings):
        fill(connection, answers(trouble, seed), trouble)
        for table in TABLES:
            compute(connection, BY_TABLE[table], months("2023-11", "2024-04"), settings, run_id="test")
        results = checks.run(connection, settings, set(TABLES))
        return [result.check.name for result in results if not result.passed]


@pytest.mark.first(1)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_quiet_shop_raises_no_alert(tmp_path, seed) -> None:
    assert warnings(tmp_path, "none", seed) == []


@pytest.mark.first(2)
@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        ("a drop", "nps_alarm_raised"),
        ("fewer answers", "nps_by_period_answers_fell"),
        ("silence", "nps_by_period_response_rate_fell"),
        ("a segment", "nps_by_segment_newly_below"),
        ("other words", "nps_drivers_unmatched"),
    ],
)
def test_each_kind_of_trouble_raises_its_own_alert(tmp_path, trouble, expected) -> None:
    assert warnings(tmp_path, trouble, 1) == [expected]
