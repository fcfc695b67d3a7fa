"""Eight unattended nights; the benchmarks run thirty (bench_unattended.py)."""

from pathlib import Path

import pytest
from fast_motion import unattended


@pytest.mark.slow
def test_eight_nights_with_all_that_goes_wrong_equal_one_clean_run(tmp_path: Path) -> None:
    assert unattended(tmp_path, nights=8, seed=3) > 16
