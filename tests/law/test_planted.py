"""The planted effects are found: a few seeds here, a hundred in benchmarks/bench_truth.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from law.planted import measured

pytestmark = pytest.mark.slow

SEEDS = (1, 2)


def test_planted_effects_are_found(tmp_path: Path) -> None:
    shops = [measured(tmp_path / str(seed), seed) for seed in SEEDS]
    # More than three misses among ten intervals at 95 % happen once in a thousand times.
    effects = [effect for shop in shops for effect in shop.effects.values()]
    assert len(effects) == 5 * len(SEEDS)
    assert sum(effect.holds for effect in effects) >= len(effects) - 3
    for shop in shops:
        assert shop.guests["is_under_represented"]
        assert shop.guests["representation_high"] < 0.8
        assert shop.raw.point > shop.weighted.point
        assert abs(shop.weighted.point - shop.weighted.truth) < 15
        assert shop.effects["late"].point < 0
