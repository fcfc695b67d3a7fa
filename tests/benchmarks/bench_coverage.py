"""Coverage of the intervals, size of the test of change, and false discoveries among segments."""

from __future__ import annotations

from collections.abc import Callable

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


@pytest.mark.parametrize("n", [5, 10, 30, 100])
def test_intervals_hold_the_truth(n: int, capsys: pytest.CaptureFixture[str]) -> None:
    held = [exact_coverage(n, population) for population in POPULATIONS]
    mean = sum(held) / len(held)
    with capsys.disabled():
        print(f"\nn = {n}: coverage {mean:.4f} on average, {min(held):.4f} at least")
    assert 0.94 <= mean <= 0.97


def test_intervals_of_one_to_thirty_answers(capsys: pytest.CaptureFixture[str]) -> None:
    """Averaged over all populations in steps of a twentieth; the lowest of them is near the corners."""
    for n in range(1, 31):
        held = {population: exact_coverage(n, population) for population in everywhere()}
        mean, worst = sum(held.values()) / len(held), min(held, key=lambda population: held[population])
        with capsys.disabled():
            print(f"\nn = {n}: coverage {mean:.4f} on average, {held[worst]:.3f} at {worst}", end="")
        assert mean >= 0.94


@pytest.mark.parametrize("measured", [difference_coverage, paired_coverage, impact_coverage, weighted_coverage])
def test_intervals_of_differences(measured: Callable[..., list[float]], capsys: pytest.CaptureFixture[str]) -> None:
    draws = 2_000
    for n in (1, 2, 3, 5, 8, 10, 15, 20, 25, 30, 60, 100, 300):
        if measured is impact_coverage and n == 1:
            continue
        sizes = [(n, n), (n, 1000)] if measured is difference_coverage else [(n,)]
        for size in sizes:
            held = measured(*size, draws, seed=n)
            mean = sum(held) / len(held)
            with capsys.disabled():
                print(f"\n{measured.__name__} {size}: {mean:.4f} on average, {min(held):.3f} at least", end="")
            # One answer against a thousand: 0.932 over these seven populations.
            assert mean >= 0.93


@pytest.mark.parametrize("n", [100, 300, 1000])
def test_unchanged_periods(n: int, capsys: pytest.CaptureFixture[str]) -> None:
    share = false_alarms(20_000, n, seed=n)
    with capsys.disabled():
        print(f"\n{n} answers: {share:.4f} of the p-values below .05")
    assert 0.045 <= share <= 0.055


@pytest.mark.parametrize("n", [10, 60, 200])
def test_equal_segments(n: int, capsys: pytest.CaptureFixture[str]) -> None:
    rates = [false_discoveries(5_000, seed=1, n=n, population=number) for number in range(len(POPULATIONS))]
    with capsys.disabled():
        print(f"\n40 equal segments of {n}: false discovery rates {', '.join(f'{rate:.4f}' for rate in rates)}")
    assert max(rates) <= 0.05
