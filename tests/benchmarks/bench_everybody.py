"""What nps.everybody says of all buyers in a hundred shops, the more the satisfied answer and the sooner they do.

NORTHSTAR_TEST_SHOPS: how many shops at each strength; 100 unless set.
"""

from __future__ import annotations

import os

import numpy as np
import pytest
from nps.simulated_core import errors, shop

SHOPS = int(os.environ.get("NORTHSTAR_TEST_SHOPS", "100"))
GRAINS, METHODS = ("trailing_365d", "quarter"), ("as_answered", "alike", "late_answers", "behaviour", "range")
# Log odds of an answer per standard deviation of satisfaction, and the mean error allowed of behaviour, in points.
STRENGTHS = {0.0: 4.0, 0.4: 4.0, 0.9: 10.0}
# Log of the wait to an answer per standard deviation of satisfaction.
DELAYS = (0.0, -0.5)


@pytest.mark.parametrize("delay", DELAYS)
@pytest.mark.parametrize("strength", STRENGTHS)
def test_the_silent(strength: float, delay: float, capsys: pytest.CaptureFixture[str]) -> None:
    planted = {"response_per_satisfaction": strength, "delay_per_satisfaction": delay}
    shops = [errors(shop(seed, **planted)) for seed in range(SHOPS)]
    mean, held = {}, {}
    with capsys.disabled():
        print(f"\nresponse {strength}, delay {delay}, {SHOPS} shops: error, its deviation, intervals that hold, width")
        for key in ((grain, method) for grain in GRAINS for method in METHODS):
            error, holds, width = np.array([found[key] for found in shops], dtype=float).T
            mean[key], held[key] = float(error.mean()), float(holds.mean())
            print(f"{' '.join(key):26} {mean[key]:6.1f} {error.std():5.1f} {held[key]:6.2f} {width.mean():6.1f}")
    year = GRAINS[0]
    assert abs(mean[year, "behaviour"]) <= min(STRENGTHS[strength], mean[year, "as_answered"] / 2)
    assert held[year, "range"] >= 0.9
    # At 0.9 behaviour's own interval is not promised.
    if strength <= 0.4:
        assert held[year, "behaviour"] >= 0.85
