"""The one law: the warehouse is a pure function of the landed contents, the formats, the settings and the clock.

Here: one shop loaded in many ways, compared by the sorted hash of every table. Not here: whether the figures are
right (test_small_shop.py, tests/nps, tests/value, tests/core).
"""

from __future__ import annotations

import os
import random
import shutil
from datetime import date
from pathlib import Path

import pytest
from night import copied, figures, hashes, ingest, land, night, rows, settings_for
from shop_files import SHOP

from pipelines.periods import Window, next_month
from pipelines.publish import publish
from pipelines.settings import Settings
from pipelines.simulate import simulate
from pipelines.warehouse.connection import opened
from pipelines.warehouse.stale import month_starts

CLOCK = "2025-06-14T21:00:00+00:00"
SETTINGS = {
    "as_of": CLOCK,
    "timezone": "Europe/Paris",
    "currency": "EUR",
    "follow_up_holdout": "2025-01-01:0.3",
}


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six months of a simulated shop."""
    folder = tmp_path_factory.mktemp("exports") / "landing"
    simulate(folder, customers=150, months=6, seed=4, end=date(2025, 6, 15))
    return folder


@pytest.fixture(scope="module")
def clean(exports: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The shop after the one clean run. Copy it."""
    settings = settings_for(tmp_path_factory.mktemp("clean"), **SETTINGS)
    shutil.copytree(exports, settings.landing)
    night(settings)
    assert rows(settings, "SELECT count(*) > 100 FROM core.responses") == [(True,)]
    return settings


@pytest.fixture(scope="module")
def truth(clean: Settings) -> dict[str, str]:
    """Hashes of the one clean run."""
    return hashes(clean)


def files_of(exports: Path) -> list[Path]:
    return sorted(path for path in exports.rglob("*") if path.is_file())


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_names_times_order_and_number_of_nights_do_not_matter(
    exports: Path, truth: dict[str, str], tmp_path: Path, seed: int
) -> None:
    settings = settings_for(tmp_path / "home", **SETTINGS)
    settings.landing.mkdir(parents=True)
    order = files_of(exports)
    chance = random.Random(seed)
    chance.shuffle(order)
    nights = 4
    for turn in range(nights):
        for number, path in enumerate(order[turn::nights]):
            target = settings.landing / f"{chance.randrange(10**6)}" / f"{turn}-{number}{path.suffix}"
            target.parent.mkdir()
            shutil.copyfile(path, target)
            os.utime(target, (chance.randrange(10**9), chance.randrange(10**9)))
        night(settings)
    assert hashes(settings) == truth


@pytest.mark.slow
def test_the_same_files_twice_under_other_names_change_nothing(
    exports: Path, clean: Settings, truth: dict[str, str], tmp_path: Path
) -> None:
    settings = copied(clean, tmp_path / "home", **SETTINGS)
    shutil.copytree(exports, settings.landing / "again")
    _, conformed = night(settings)
    assert conformed.changes == []
    assert hashes(settings) == truth
    statuses = dict(rows(settings, "SELECT status, count(*) FROM ops.files GROUP BY 1"))
    assert statuses == {"loaded": len(files_of(exports)), "duplicate": len(files_of(exports))}


@pytest.mark.slow
def test_month_by_month_in_reverse_gives_the_same(exports: Path, truth: dict[str, str], tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "home", **SETTINGS)
    shutil.copytree(exports, settings.landing)
    with opened(settings) as connection:
        ingest(connection, settings)
        for month in reversed(month_starts(Window(date(2025, 1, 1), date(2025, 7, 1)))):
            figures(connection, settings, Window(month, next_month(month)))
        publish(connection, settings)
    assert hashes(settings) == truth


@pytest.mark.slow
def test_a_backfill_of_a_past_range_equals_the_nightly_result(
    clean: Settings, truth: dict[str, str], tmp_path: Path
) -> None:
    settings = copied(clean, tmp_path / "home", **SETTINGS)
    with opened(settings) as connection:
        figures(connection, settings, Window(date(2025, 2, 1), date(2025, 5, 1)))
        publish(connection, settings)
    assert hashes(settings) == truth


@pytest.mark.slow
def test_the_clock_moving_on_night_by_night_gives_the_same(
    exports: Path, truth: dict[str, str], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    for moment in ("2025-02-10T01:00:00+00:00", "2025-03-31T22:30:00+00:00", "2025-05-01T00:30:00+00:00", CLOCK):
        settings = settings_for(home, **{**SETTINGS, "as_of": moment})
        if not settings.landing.exists():
            shutil.copytree(exports, settings.landing)
        night(settings)
    assert hashes(settings) == truth


@pytest.mark.slow
def test_a_clock_set_back_gives_what_was_known_then(exports: Path, clean: Settings, tmp_path: Path) -> None:
    then = {**SETTINGS, "as_of": "2025-04-10T12:00:00+00:00"}
    back = copied(clean, tmp_path / "home", **then)
    night(back)
    fresh = settings_for(tmp_path / "fresh", **then)
    shutil.copytree(exports, fresh.landing)
    night(fresh)
    assert hashes(back) == hashes(fresh)


def test_a_late_record_recomputes_its_month_and_later_ones_only(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, as_of="2025-06-14T12:00:00Z")
    land(settings, SHOP)
    night(settings)
    before = dict(rows(settings, "SELECT table_name || month, computed_at FROM ops.computed"))
    land(
        settings,
        {"late.csv": "response_id,responded_at,score,customer_email\nz,2025-03-15T09:00:00Z,2,eve@example.com\n"},
    )
    night(settings)
    after = dict(rows(settings, "SELECT table_name || month, computed_at FROM ops.computed"))
    moved = {name for name in after if after[name] != before[name]}
    assert {name[-10:] for name in moved} == {"2025-03-01", "2025-04-01", "2025-05-01", "2025-06-01"}
    assert rows(
        settings,
        "SELECT responses, nps FROM nps.by_period WHERE grain = 'month' AND stage = 'all' AND month = '2025-03-01'",
    ) == [(3, pytest.approx(-100 / 3))]


LATER = {
    "later_orders.csv": """\
order_id,ordered_at,total,currency,customer_email,refunded,refunded_at,country,promised_at,delivered_at
5,2025-03-02T10:00:00Z,80,EUR,dan@example.com,80,2025-06-05T10:00:00Z,FR,2025-03-06,2025-03-05T12:00:00Z
7,2025-06-03T10:00:00Z,25,EUR,fay@example.com,,,FR,,
8,2025-06-03T10:00:00Z,25,EUR,ann@example.com,,,IT,,
""",
    "later_responses.csv": """\
response_id,responded_at,score,customer_email
k,2025-06-02T09:00:00Z,4,ann@example.com
l,2025-06-04T09:00:00Z,9,fay@example.com
""",
}


@pytest.mark.slow
def test_what_happened_today_leaves_the_past_as_it_was(tmp_path: Path) -> None:
    """A next answer, a first order and a refund change old records, but not what their months know of them."""
    first = {
        **SHOP,
        "fay.csv": "response_id,responded_at,score,customer_email\nj,2025-01-15T09:00:00Z,8,fay@example.com\n",
    }
    settings, clean = (settings_for(tmp_path / name, as_of="2025-06-14T12:00:00Z") for name in ("home", "clean"))
    land(settings, first)
    night(settings)
    before = dict(rows(settings, "SELECT table_name || month, computed_at FROM ops.computed"))
    land(settings, LATER)
    _, conformed = night(settings)
    assert {"core.orders", "core.responses"} <= {change.kind for change in conformed.changes}
    # No figure reads order lines.
    assert {change.from_day.month for change in conformed.changes if change.kind != "core.order_lines"} == {6}
    after = dict(rows(settings, "SELECT table_name || month, computed_at FROM ops.computed"))
    assert {name[-10:] for name in after if after[name] != before[name]} == {"2025-06-01"}
    land(clean, {**first, **LATER})
    night(clean)
    assert hashes(settings) == hashes(clean)


@pytest.mark.slow
def test_settings_are_part_of_the_law(exports: Path, clean: Settings, tmp_path: Path) -> None:
    """Another setting on an old warehouse gives what a fresh one with that setting gives."""
    other = {
        **SETTINGS,
        "timezone": "Asia/Tokyo",
        "counting": "all",
        "order_value_bands": "30,90",
        "attributes": "tier",
        "confidence": "0.9",
        "min_responses": "12",
        "target_margin": "25",
        "segment_pairs": "country*lifecycle",
        "silent_points": "35",
        "horizon_months": "6",
        "discount_rate": "0.2",
        "publish_comments": "false",
        "email_rules": "plus_tags",
        "country": "DE",
        "shared_addresses": "*@example.org",
        "recommended_share": "0.25",
        "recommendations": "3,1,0",
        "warnings": "0,0.5,2",
        "warning_weight": "0.5",
    }
    settings = copied(clean, tmp_path / "home", **other)
    night(settings)
    fresh = settings_for(tmp_path / "fresh", **other)
    shutil.copytree(exports, fresh.landing)
    night(fresh)
    assert hashes(settings) == hashes(fresh)
