"""Evidence for a drop: brute force, fair bets, few false alarms and early true ones."""

from __future__ import annotations

from math import exp
from statistics import NormalDist

import numpy as np
import pytest

from pipelines.statistics.drop_evidence import BLOCK, DAYS, STEPS, evidence, p_values
from tests.statistics.drop_shops import BASELINE, first_alarms


def test_p_values_by_brute_force() -> None:
    rng = np.random.default_rng(1)
    signs, place = rng.integers(-1, 2, 104), np.sort(rng.integers(0, 30, 104))
    result, days = p_values(place, signs, 2024)
    blocks = [int(signs[start : start + BLOCK].sum()) for start in range(0, 100, BLOCK)]
    assert len(result) == len(blocks) == 20
    uniform = np.random.Generator(np.random.Philox(key=2024)).random(20)
    for number, block in enumerate(blocks):
        seen = blocks[: number + 1]
        lower, equal = sum(one < block for one in seen), sum(one == block for one in seen)
        assert result[number] == pytest.approx((lower + uniform[number] * equal) / len(seen), abs=1e-12)
        assert days[number] == place[number * BLOCK + BLOCK - 1]


def test_evidence_by_brute_force() -> None:
    rng = np.random.default_rng(2)
    place = np.sort(rng.integers(0, 12, 150))
    signs = np.where(place >= 8, rng.integers(-1, 1, 150), rng.integers(0, 2, 150))
    p, day = p_values(place, signs, 7)
    result, since = evidence(place, signs, start=4, days=12, key=7)
    normal = NormalDist()

    def product(step: float, first: int, last: int) -> float:
        inside = [value for value, on in zip(p, day, strict=True) if first <= on <= last]
        return float(np.prod([exp(-step * normal.inv_cdf(value) - step**2 / 2) for value in inside]))

    for last in range(4, 12):
        bets = {(step, first): product(step, first, last) for step in STEPS for first in range(4, last + 1)}
        expected = 1 - (last - 3) / DAYS + sum(bets.values()) / DAYS / len(STEPS)
        assert exp(result[last - 4]) == pytest.approx(expected, rel=1e-9)
        best = max(STEPS, key=lambda step: sum(bets[step, first] for first in range(4, last + 1)))
        top = max(bets[best, first] for first in range(4, last + 1))
        assert bets[best, int(since[last - 4])] == pytest.approx(top, rel=1e-9)


def test_a_bet_is_fair() -> None:
    """The factors average 1 over all p-values: an unchanged shop wins nothing."""
    p = (np.arange(1_000_000) + 0.5) / 1_000_000
    z = -np.array([NormalDist().inv_cdf(value) for value in p[::100]])
    for step in STEPS:
        assert np.exp(step * z - step**2 / 2).mean() == pytest.approx(1, abs=2e-3)


def test_few_unchanged_shops_raise_the_alarm_and_most_drops_are_detected() -> None:
    """Sixty of each; tests/benchmarks/bench_alarm.py has a thousand."""
    quiet = first_alarms(60, np.random.default_rng(11), drop=False)
    assert np.isfinite(quiet).sum() <= 6
    dropped = first_alarms(60, np.random.default_rng(12), drop=True) - BASELINE
    assert ((dropped >= 0) & (dropped < 21)).mean() >= 0.8
