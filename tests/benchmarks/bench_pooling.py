"""Pooled scores of families from equal to far apart: coverage of their intervals, and error of the points."""

from __future__ import annotations

import numpy as np
import pytest

from tests.statistics.families import SIZES, held

DRAWS = 20_000


@pytest.mark.parametrize("segments", [1, 2, 3, 6, 40])
@pytest.mark.parametrize("alike", [np.inf, 200.0, 50.0, 15.0, 5.0])
def test_pooled_intervals_hold_the_truth(segments: int, alike: float, capsys: pytest.CaptureFixture[str]) -> None:
    random = np.random.default_rng(1)
    result = {
        name: held(random, families=DRAWS // segments // 3, segments=segments, alike=alike, sizes=sizes)
        for name, sizes in SIZES.items()
    }
    with capsys.disabled():
        lines = (f"{name}: {share:.3f}, {error:.1f} ({raw:.1f})" for name, (share, error, raw) in result.items())
        print(f"\n{segments} segments, A = {alike:g}; by answers: held, error (raw) in points: {'; '.join(lines)}")
    for share, error, raw in result.values():
        assert share >= 0.92
        # Two or three segments far apart gain nothing, and lose little.
        assert error <= 1.05 * raw
    assert result["mixed"][1] <= (1.0001 if segments == 1 else 0.9) * result["mixed"][2]
