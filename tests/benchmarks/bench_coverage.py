"""Coverage of the intervals, size of the test of change, and false discoveries among segments."""

from __future__ import annotations

import pytest

from tests.statistics.coverage import POPULATIONS, exact_coverage, false_alarms, false_discoveries


@pytest.mark.parametrize("n", [5, 10, 30, 100])
def test_intervals_hold_the_truth(n: int, capsys: pytest.CaptureFixture[str]) -> None:
    held = [exact_coverage(n, population) for population in POPULATIONS]
    mean = sum(held) / len(held)
    with capsys.disabled():
        print(f"\nn = {n}: coverage {mean:.4f} on average, {min(held):.4f} at least")
    assert 0.94 <= mean <= 0.97


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
