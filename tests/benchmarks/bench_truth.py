"""The planted truth over a hundred seeds: what the intervals hold."""

from __future__ import annotations

from pathlib import Path
from shutil import rmtree

import pytest
from law.planted import Found, found

SEEDS = range(100)
AT_LEAST = 88


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> list[Found]:
    made = []
    for seed in SEEDS:
        home: Path = tmp_path_factory.mktemp(f"seed{seed}")
        made.append(found(home, seed))
        rmtree(home)
    return made


def test_the_weighted_score_holds_the_truth_that_the_raw_one_misses(shops: list[Found]) -> None:
    raw, weighted = (
        sum(part.holds for part in parts) for parts in zip(*((s.raw, s.weighted) for s in shops), strict=True)
    )
    bias = [
        sum(part.point - part.truth for part in parts) / len(SEEDS)
        for parts in zip(*((s.raw, s.weighted) for s in shops), strict=True)
    ]
    print(
        f"\nweighted holds the truth in {weighted}, raw in {raw} of {len(SEEDS)}; bias raw {bias[0]:+.2f}, weighted {bias[1]:+.2f} points"
    )
    assert weighted >= AT_LEAST
    assert bias[0] > 4
    assert abs(bias[1]) < 1.5


def test_every_planted_effect_lies_in_its_interval(shops: list[Found]) -> None:
    held = {name: sum(shop.effects[name].holds for shop in shops) for name in shops[0].effects}
    print(f"\n{held}")
    assert min(held.values()) >= AT_LEAST


def test_guests_are_told_to_be_under_represented(shops: list[Found]) -> None:
    told = sum(bool(shop.guests["is_under_represented"]) for shop in shops)
    print(f"\nunder-represented: {told}")
    assert told >= AT_LEAST
