"""Gamma-Gamma: published means, the gradient by differences, and parameters recovered."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.statistics import gamma_gamma
from pipelines.statistics.gamma_gamma import Parameters, Spending

PUBLISHED = Parameters(6.25, 3.74, 15.44)


def simulated(parameters, customers, seed):
    rng = np.random.default_rng(seed)
    orders = rng.integers(1, 9, customers)
    rate = rng.gamma(parameters.q, 1 / parameters.gamma, customers)
    return Spending(orders, rng.gamma(parameters.p * orders) / rate, np.ones(customers, dtype=np.int64))


def test_published_means():
    # CDNOW's first customers: repeat purchases and their mean, to cents.
    orders = np.array([2, 1, 0, 0, 0, 7, 1, 0, 2, 0])
    mean = np.array([22.35, 11.77, 0, 0, 0, 73.74, 11.77, 0, 25.55, 0])
    result = gamma_gamma.expected_order_value(PUBLISHED, orders, orders * mean)
    wanted = [24.6637, 18.9169, 35.219, 35.219, 35.219, 71.4697, 18.9169, 35.219, 27.2884, 35.219]
    assert result == pytest.approx(wanted, abs=6e-3)


def test_parameters_are_recovered_in_any_unit():
    spending = simulated(PUBLISHED, 30_000, 1)
    result = gamma_gamma.fit(spending)
    assert (result.converged, result.at_bound, result.has_mean) == (True, False, True)
    for name in ("p", "q", "gamma"):
        assert getattr(result.parameters, name) == pytest.approx(getattr(PUBLISHED, name), rel=0.1)
    cents = gamma_gamma.fit(Spending(spending.orders, 100 * spending.total, spending.customers)).parameters
    assert cents.gamma == pytest.approx(100 * result.parameters.gamma, rel=1e-6)
    assert cents.p == pytest.approx(result.parameters.p, rel=1e-6)


def test_the_fit_is_a_maximum_and_the_gradient_belongs_to_the_likelihood():
    spending = simulated(PUBLISHED, 400, 2)
    likelihood = gamma_gamma._Likelihood(spending, 7.0)
    rng = np.random.default_rng(3)
    for point in rng.normal(size=(5, 3)):
        numeric = [(likelihood(point + s)[0] - likelihood(point - s)[0]) / 2e-6 for s in 1e-6 * np.eye(3)]
        assert likelihood(point)[1] == pytest.approx(numeric, abs=1e-7)
    best = gamma_gamma.fit(spending)
    for point in np.exp(rng.normal(scale=0.01, size=(5, 3))):
        p = best.parameters
        beside = Parameters(p.p * point[0], p.q * point[1], p.gamma * point[2])
        assert gamma_gamma.log_likelihood(beside, spending) < best.log_likelihood


def test_without_spread_between_customers_the_fit_says_so():
    same = Spending(np.full(60, 3), np.full(60, 30.0), np.ones(60, dtype=np.int64))
    assert gamma_gamma.fit(same).at_bound
