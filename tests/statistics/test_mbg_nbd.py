"""MBG/NBD: the figures of lifetimes on CDNOW, the likelihood by integration, and parameters recovered."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_histories import CDNOW_MBG as CDNOW
from drawn_histories import simulated
from scipy import stats

from pipelines.statistics import bg_nbd, mbg_nbd
from pipelines.statistics.bg_nbd import Histories
from pipelines.statistics.mbg_nbd import Parameters


def test_expectations_equal_those_of_lifetimes():
    frequency, recency = np.array([2, 0, 5]), np.array([30.43, 0.0, 20.0])
    alive = bg_nbd.probability_alive(CDNOW, frequency, recency, 38.86)
    assert alive == pytest.approx([0.70612625, 0.38971634, 0.27030699], abs=5e-9)
    ahead = bg_nbd.expected_orders(CDNOW, frequency, recency, 38.86, 39)
    assert ahead == pytest.approx([1.2626707916, 0.1539536542, 1.0212732313], abs=5e-10)
    assert bg_nbd.expected_new_orders(CDNOW, [1, 39, 78]) == pytest.approx([0.05306062, 1.1822837, 1.8036361], abs=5e-8)


@pytest.mark.parametrize(("frequency", "recency", "age"), [(0, 0.0, 30.0), (1, 4.0, 50.0), (4, 33.0, 40.0)])
def test_the_likelihood_is_that_of_a_customer_who_may_leave_at_once(frequency, recency, age):
    """By numeric integration over the rate and over leaving, alive or gone after the last purchase."""

    def over_rates(until):
        rates = stats.gamma(CDNOW.r, scale=1 / CDNOW.alpha)
        return rates.expect(lambda rate: rate**frequency * np.exp(-rate * until))

    def over_leaving(function):
        return stats.beta(CDNOW.a, CDNOW.b).expect(function)

    stayed = over_leaving(lambda leave: (1 - leave) ** (frequency + 1))
    left = over_leaving(lambda leave: leave * (1 - leave) ** frequency)
    whole = stayed * over_rates(age) + left * over_rates(recency)
    one = Histories(np.array([frequency]), np.array([recency]), np.array([age]), np.array([1]))
    assert bg_nbd.log_likelihood(CDNOW, one) == pytest.approx(np.log(whole), abs=1e-6)


def test_parameters_are_recovered_and_its_likelihood_tells_it_from_bg_nbd():
    truth = Parameters(0.6, 6.0, 0.8, 2.5)
    histories = simulated(truth, 40_000, 1)
    result = mbg_nbd.fit(histories)
    assert (result.converged, result.at_bound) == (True, False)
    for name in ("r", "alpha", "a", "b"):
        assert getattr(result.parameters, name) == pytest.approx(getattr(truth, name), rel=0.1)
    assert result.log_likelihood > bg_nbd.fit(histories).log_likelihood + 10


def test_the_gradient_belongs_to_the_likelihood():
    likelihood = bg_nbd._Likelihood(simulated(CDNOW, 500, 2), 0.1, Parameters.CHANCES)
    for point in np.random.default_rng(3).normal(size=(5, 4)):
        steps = 1e-6 * np.eye(4)
        numeric = [(likelihood(point + step)[0] - likelihood(point - step)[0]) / 2e-6 for step in steps]
        assert likelihood(point)[1] == pytest.approx(numeric, abs=1e-8)
