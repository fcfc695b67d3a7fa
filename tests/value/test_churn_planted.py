"""Who is expected to order nothing for a year, in simulated shops where satisfied customers stay longer.

Here: a few shops; bench_churn.py draws 100. Not here: the formula (tests/statistics/test_odds_shift.py).
"""

from __future__ import annotations

import pytest
from value.churned import POINTS, churn

pytestmark = pytest.mark.slow


def test_the_expected_share_without_an_order_is_that_which_came():
    for seed in range(3):
        rows = churn(seed, 5_000)
        off = (rows["churn_expected_before"] - rows["churn_actual_before"]).abs()
        assert rows["category"].to_list() == ["promoter", "passive", "detractor", "unsurveyed"]
        assert off.max() < POINTS
        # The categories differ by far more than the forecast is off.
        expected = dict(rows.select("category", "churn_expected_before").rows())
        assert expected["detractor"] > expected["promoter"] + 0.25
