"""A small seeded version of tests/benchmarks/bench_coverage.py."""

from __future__ import annotations

import pytest

from tests.statistics.coverage import (
    POPULATIONS,
    difference_coverage,
    everywhere,
    exact_coverage,
    false_alarms,
    false_discoveries,
    impact_coverage,
    paired_coverage,
    weighted_coverage,
)


@pytest.mark.parametrize("n", [5, 10, 30])
def test_intervals_hold_the_truth(n: int) -> None:
    held = [exact_coverage(n, population) for population in POPULATIONS]
    assert 0.94 <= sum(held) / len(held) <= 0.97


@pytest.mark.slow
@pytest.mark.parametrize("n", [1, 2, 4, 12])
def test_intervals_of_very_few_answers_hold_the_truth_on_average(n: int) -> None:
    held = [exact_coverage(n, population) for population in everywhere()]
    assert sum(held) / len(held) >= 0.94


@pytest.mark.slow
@pytest.mark.parametrize("n", [2, 5, 30])
def test_intervals_of_changes_of_few_hold_the_truth_on_average(n: int) -> None:
    for held in (
        difference_coverage(n, n, 300, seed=n),
        paired_coverage(n, 200, n),
        impact_coverage(n, 200, n),
    ):
        assert sum(held) / len(held) >= 0.94
    held = weighted_coverage(n, 1_000, n)
    # Two customers of unequal weight: 0.934 in 2,000 draws.
    assert sum(held) / len(held) >= 0.925


def test_unchanged_periods_seldom_look_changed() -> None:
    assert 0.042 <= false_alarms(3_000, 100, seed=1) <= 0.058


def test_equal_segments_seldom_look_different() -> None:
    assert max(false_discoveries(1_000, seed=1, population=population) for population in (0, 2, 3)) <= 0.05
