"""A small seeded version of tests/benchmarks/bench_coverage.py."""

from __future__ import annotations

import pytest

from tests.statistics.coverage import POPULATIONS, exact_coverage, false_alarms, false_discoveries


@pytest.mark.parametrize("n", [5, 10, 30])
def test_intervals_hold_the_truth(n: int) -> None:
    held = [exact_coverage(n, population) for population in POPULATIONS]
    assert 0.94 <= sum(held) / len(held) <= 0.97


def test_unchanged_periods_seldom_look_changed() -> None:
    assert 0.042 <= false_alarms(3_000, 100, seed=1) <= 0.058


def test_equal_segments_seldom_look_different() -> None:
    assert max(false_discoveries(1_000, seed=1, population=population) for population in (0, 2, 3)) <= 0.05
