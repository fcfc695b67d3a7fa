"""Intervals of skewed means: coverage by simulation, and properties that hold for all values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from pipelines.statistics.skewed_mean import skewed_mean_interval, skewed_share_interval

NORMAL = norm.ppf(0.975)


def baskets(rng, size):
    """Purchases of a shop's customers times a gamma basket."""
    return (1 + rng.negative_binomial(0.25, 0.12, size)) * rng.gamma(6, 5, size)


MEAN = (1 + 0.25 * 0.88 / 0.12) * 30


@pytest.mark.parametrize(("customers", "least"), [(30, 0.92), (100, 0.925), (500, 0.93)])
def test_coverage_of_skewed_money_is_near_nominal_where_the_normal_interval_is_not(customers, least):
    rng = np.random.default_rng(11)
    samples = baskets(rng, (1500, customers))
    ends = np.array([skewed_mean_interval(sample, confidence=0.95)[:2] for sample in samples])
    covered = ((ends[:, 0] <= MEAN) & (ends[:, 1] >= MEAN)).mean()
    half = NORMAL * samples.std(axis=1, ddof=1) / customers**0.5
    normal = (np.abs(samples.mean(axis=1) - MEAN) <= half).mean()
    assert covered >= least
    assert covered > normal


def test_order_does_not_matter_and_the_unit_is_a_factor():
    rng = np.random.default_rng(2)
    values = baskets(rng, 200)
    result = skewed_mean_interval(values, confidence=0.9)
    assert skewed_mean_interval(rng.permutation(values), confidence=0.9) == result
    assert skewed_mean_interval(100 * values, confidence=0.9)[:2] == pytest.approx([100 * end for end in result[:2]])
    assert result[0] < values.mean() < result[1]
    assert result[1] - values.mean() > values.mean() - result[0]


def test_without_skewness_it_is_the_t_interval():
    low, high, _ = skewed_mean_interval(np.array([1.0, 2.0, 3.0]), confidence=0.95, can_be_negative=True)
    assert (low, high) == pytest.approx((2 - 4.302652729911275 / 3**0.5, 2 + 4.302652729911275 / 3**0.5))


def test_nothing_is_told_of_one_value_or_of_equal_values():
    assert skewed_mean_interval(np.array([3.0]), confidence=0.95) == (None, None, "fewer than two customers")
    assert skewed_mean_interval(np.array([]), confidence=0.95) == (None, None, "fewer than two customers")
    assert skewed_mean_interval(np.array([3.0, 3.0]), confidence=0.95) == (None, None, "all alike")
    assert skewed_mean_interval(np.zeros(9), confidence=0.95) == (None, None, "all alike")


@given(
    st.lists(st.integers(-50, 10_000).map(float), min_size=2, max_size=40),
    st.lists(st.integers(0, 10_000).map(float), max_size=5),
    st.booleans(),
)
def test_an_interval_holds_its_mean_and_is_never_negative_without_a_reason(inside, outside, can_be_negative):
    inside, outside = np.array(inside), np.array(outside)
    low, high, reason = skewed_share_interval(inside, outside, confidence=0.9, can_be_negative=can_be_negative)
    if reason is not None:
        assert (low, high, reason) == (None, None, "all alike")
        assert len(np.unique(inside)) == 1
        return
    mean = (inside.sum() + outside.sum()) / len(inside)
    assert low <= mean * (1 + 1e-12) + 1e-9
    assert high >= mean * (1 - 1e-12) - 1e-9
    assert low < high
    if not can_be_negative and inside.min() >= 0:
        assert low >= 0
