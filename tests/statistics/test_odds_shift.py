"""Odds that were off by group: the shift found again, and small groups kept close to everybody."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from pipelines.statistics.odds_shift import shifted, shifts


def test_planted_shifts_are_found_in_large_groups():
    rng = np.random.default_rng(1)
    expected, planted = rng.uniform(0.02, 0.98, 500), np.array([-1.0, 0.0, 0.7])
    members = rng.integers(200, 400, (3, 500))
    happened = rng.binomial(members, shifted(expected, planted[:, None])).sum(axis=1)
    assert shifts(expected, members, happened) == pytest.approx(planted, abs=0.03)


def test_small_groups_keep_close_to_everybody():
    expected, members = np.array([0.5]), np.array([[10_000], [4], [0]])
    large, small, empty = shifts(expected, members, np.array([7_310, 0, 0]))
    assert large == pytest.approx(1.0, abs=0.01)
    # Of four none happened; unshrunk, the shift has no bound.
    assert 0.2 < small < 0.9
    assert empty == pytest.approx(large, abs=0.01)


def test_nobody_and_everybody_silent_have_a_shift():
    result = shifts(np.array([0.3, 1.0]), np.array([[50, 50], [50, 50]]), np.array([0, 100]))
    assert np.isfinite(result).all()
    assert result[0] < 0 < result[1]
    assert (shifts(np.zeros(0), np.zeros((2, 0), dtype=np.int64), np.zeros(2, dtype=np.int64)) == 0).all()


@settings(max_examples=50)
@given(st.floats(0.001, 0.999), st.floats(-3, 3))
def test_shifted_odds_are_a_multiple(probability, shift):
    assert shifted(probability, shift) == pytest.approx(expit(logit(probability) + shift), rel=1e-9)
