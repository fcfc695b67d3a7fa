"""Who is expected to order nothing for a year, in simulated shops where satisfied customers stay longer.

Here: a few shops; bench_churn.py draws 100. Not here: the formula (tests/statistics/test_odds_shift.py).
"""

from __future__ import annotations

import numpy as np
import pytest
from value.churned import POINTS, base_and_year, churn, held_by_decile

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


def test_intervals_of_orders_hold_in_every_decile():
    plain, broken = np.mean([held_by_decile(*base_and_year(seed, 5_000), weeks=365 / 7) for seed in range(3)], axis=0)
    print(np.round(100 * plain, 1), np.round(100 * broken, 1))
    # Counts are whole: where nearly all order nothing, an interval that holds 0 holds nearly all.
    assert plain.min() > 0.88
    assert broken.min() > 0.86
    assert broken.max() < 0.96
