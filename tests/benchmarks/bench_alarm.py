"""A thousand shops: how many unchanged ones raise the alarm in a year, how many drops are detected, and how soon."""

from __future__ import annotations

import numpy as np
import pytest

from tests.statistics.drop_shops import BASELINE, first_alarms

SHOPS = 1000
POPULATIONS = {
    "15/30/55": ((0.15, 0.30, 0.55), (0.25, 0.30, 0.45)),
    "30/30/40": ((0.30, 0.30, 0.40), (0.40, 0.30, 0.30)),
    "5/15/80": ((0.05, 0.15, 0.80), (0.15, 0.15, 0.70)),
}


@pytest.mark.parametrize("name", POPULATIONS)
def test_a_year_of_nights(name: str) -> None:
    before, after = POPULATIONS[name]
    quiet = first_alarms(SHOPS, np.random.default_rng(2024), drop=False, before=before)
    dropped = first_alarms(SHOPS, np.random.default_rng(2025), drop=True, before=before, after=after) - BASELINE
    false, early = np.isfinite(quiet).mean(), (dropped < 0).mean()
    result = ((dropped >= 0) & (dropped < 21)).mean()
    days = np.median(dropped[(dropped >= 0) & np.isfinite(dropped)]) + 1
    print(
        f"\n{SHOPS} shops, detractors/passives/promoters {name}: unchanged ones with an alarm in a year {false:.1%}, "
        f"alarms in 180 days of baseline {early:.1%}; drops of 20 points result "
        f"within 21 days {result:.1%}, median {days:.0f} days"
    )
    assert false <= 0.05
    if name == "15/30/55":
        assert result >= 0.80
