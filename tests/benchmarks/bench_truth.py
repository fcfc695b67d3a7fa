"""The planted truth over a hundred seeds: how often the intervals cover it."""

from __future__ import annotations

from pathlib import Path
from shutil import rmtree

import pytest
from law.planted import Found, measured

SEEDS = range(100)
AT_LEAST = 88


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> list[Found]:
    made = []
    for seed in SEEDS:
        home: Path = tmp_path_factory.mktemp(f"seed{seed}")
        made.append(measured(home, seed))
        rmtree(home)
    return made


def test_the_weighted_score_holds_the_truth_that_the_raw_one_misses(shops: list[Found]) -> None:
    held, bias = {}, {}
    for name in ("raw", "weighted"):
        intervals = [getattr(shop, name) for shop in shops]
        held[name] = sum(interval.holds for interval in intervals)
        bias[name] = sum(interval.point - interval.truth for interval in intervals) / len(intervals)
    print(f"\nof {len(shops)} seeds the truth is held in {held}; mean bias in points {bias}")
    assert held["weighted"] >= AT_LEAST
    assert bias["raw"] > 4
    assert abs(bias["weighted"]) < 1.5


def test_every_planted_effect_lies_in_its_interval(shops: list[Found]) -> None:
    held = {name: sum(shop.effects[name].holds for shop in shops) for name in shops[0].effects}
    print(f"\n{held}")
    assert min(held.values()) >= AT_LEAST


def test_guests_are_shown_as_under_represented(shops: list[Found]) -> None:
    alerts = sum(bool(shop.guests["is_under_represented"]) for shop in shops)
    print(f"\nunder-represented: {alerts}")
    assert alerts >= AT_LEAST
