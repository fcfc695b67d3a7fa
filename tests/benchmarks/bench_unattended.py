"""Thirty unattended nights; the tests run eight (tests/law/test_unattended.py)."""

import time
from pathlib import Path

import pytest
from fast_motion import unattended


@pytest.mark.parametrize("seed", [1])
def test_thirty_nights_with_all_that_goes_wrong_equal_one_clean_run(tmp_path: Path, seed: int) -> None:
    begun = time.monotonic()
    contents = unattended(tmp_path, nights=30, seed=seed)
    print(f"\n30 nights, {contents} deliveries in {time.monotonic() - begun:.0f} s")
