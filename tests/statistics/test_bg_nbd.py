"""BG/NBD: published figures, 60-digit arithmetic, the gradient by differences, and parameters recovered."""

from __future__ import annotations

from itertools import pairwise

import mpmath
import numpy as np
import pytest
from drawn_histories import CDNOW, simulated
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.statistics import bg_nbd, mbg_nbd, orders_ahead
from pipelines.statistics.bg_nbd import Histories, Parameters

# CDNOW, 1/10 sample, as published.
PUBLISHED = Parameters(0.243, 4.414, 0.793, 2.426)


def by_textbook(parameters, frequency, recency, age, weeks):
    """Expected orders by the paper's own formula, in 60 digits."""
    with mpmath.workdps(60):
        r, alpha, a, b, t_x, observed, t = (
            mpmath.mpf(value)
            for value in (parameters.r, parameters.alpha, parameters.a, parameters.b, recency, age, weeks)
        )
        z = t / (alpha + observed + t)
        series = mpmath.hyp2f1(r + frequency, b + frequency, a + b + frequency - 1, z)
        power = ((alpha + observed) / (alpha + observed + t)) ** (r + frequency)
        active = (a + b + frequency - 1) / (a - 1) * (1 - power * series)
        odds = a / (b + frequency - 1) * ((alpha + observed) / (alpha + t_x)) ** (r + frequency) if frequency else 0
        return float(active / (1 + odds))


def logarithmic(low, high):
    return st.floats(np.log(low), np.log(high)).map(lambda value: float(np.exp(value)))


def test_few_days_ahead_with_a_near_one_keep_their_digits():
    """1 less a number within 1e-8 of it: 1e-8 of the result would be lost."""
    parameters = Parameters(1.0, 190.56626845863, 1.007843097206448, 403.4287934927351)
    result = float(bg_nbd.expected_orders(parameters, 0, 0.0, 1.0, 1 / 7))
    assert result == pytest.approx(by_textbook(parameters, 0, 0.0, 1.0, 1 / 7), rel=1e-12)


@settings(max_examples=100)
@given(
    st.builds(
        Parameters, logarithmic(0.05, 50), logarithmic(0.1, 200), logarithmic(0.02, 50), logarithmic(0.05, 1000)
    ).filter(lambda p: abs(p.a - 1) > 1e-3 and abs(p.a + p.b - 1) > 1e-3),
    st.sampled_from([0, 1, 2, 10, 200, 500, 1000, 5000]),
    st.floats(0.01, 1),
    st.floats(1, 1040),
    st.sampled_from([1 / 7, 1.0, 90 / 7, 52.0, 520.0]),
)
def test_expected_orders_equal_60_digit_arithmetic(parameters, frequency, share, age, weeks):
    recency = age * share if frequency else 0.0
    wanted = by_textbook(parameters, frequency, recency, age, weeks)
    result = float(bg_nbd.expected_orders(parameters, frequency, recency, age, weeks))
    assert result == pytest.approx(wanted, rel=1e-8, abs=1e-200)


@pytest.mark.parametrize("a", [1.0, 1 + 1e-7, 1 - 1e-9])
def test_a_equal_to_one_gives_the_limit(a):
    beside = by_textbook(Parameters(0.5, 5, 1 + 1e-4, 2.5), 3, 20, 40, 52)
    assert float(bg_nbd.expected_orders(Parameters(0.5, 5, a, 2.5), 3, 20, 40, 52)) == pytest.approx(beside, rel=1e-4)


def test_published_expectations():
    weeks = np.array([0.1429, 1, 3, 31.8571, 32, 39, 52, 78])
    wanted = [0.007816, 0.053185, 0.150632, 1.040494, 1.043737, 1.195016, 1.444021, 1.857972]
    assert bg_nbd.expected_new_orders(CDNOW, weeks) == pytest.approx(wanted, abs=2e-6)
    customer = (2, 30.43, 38.86)
    assert float(bg_nbd.expected_orders(PUBLISHED, *customer, 39)) == pytest.approx(1.226028, abs=5e-7)
    assert float(bg_nbd.expected_orders(CDNOW, *customer, 39)) == pytest.approx(1.225910, abs=5e-7)
    assert float(bg_nbd.probability_alive(CDNOW, *customer)) == pytest.approx(0.726609, abs=5e-7)
    assert float(bg_nbd.probability_alive(CDNOW, 0, 0, 38.86)) == 1


def probability_of(parameters, count, weeks):
    """Probability that a new customer orders so many times in the first weeks."""
    more = orders_ahead.at_least(parameters, np.asarray(count) + 1, 0, 0.0, weeks)
    reached = orders_ahead.at_least(parameters, np.maximum(count, 1), 0, 0.0, weeks)
    return np.where(np.asarray(count) > 0, reached, 1.0) - more


def test_published_probabilities_of_a_count():
    assert float(probability_of(PUBLISHED, 10, 2)) == pytest.approx(1.07869e-07, rel=2e-3)
    assert float(probability_of(PUBLISHED, 0, 39)) == pytest.approx(0.5737864, rel=2e-3)
    wanted = [
        0.0019995,
        0.0015170,
        0.0011633,
        0.0009003,
        0.0007024,
        0.0005518,
        0.0004362,
        0.0003467,
        0.0002770,
        0.0002222,
    ]
    assert probability_of(PUBLISHED, np.arange(11, 21), 30) == pytest.approx(wanted, rel=2e-3)


def test_probabilities_sum_to_one_and_have_the_expected_mean():
    counts = np.arange(3000)
    probabilities = probability_of(CDNOW, counts, 52)
    assert probabilities.sum() == pytest.approx(1, abs=1e-9)
    assert probabilities @ counts == pytest.approx(float(bg_nbd.expected_new_orders(CDNOW, 52)), rel=1e-6)


@pytest.mark.parametrize(
    "parameters",
    [
        CDNOW,
        bg_nbd.Parameters(r=0.3, alpha=0.01, a=0.8, b=2.4),
        bg_nbd.Parameters(r=50.0, alpha=20.0, a=3.0, b=5.0),
        mbg_nbd.Parameters(r=1.0, alpha=5.0, a=20.0, b=30.0),
        bg_nbd.Parameters(r=2.0, alpha=5.0, a=0.0, b=1.0),
    ],
)
@pytest.mark.parametrize("weeks", [4, 52, 156])
def test_discounted_orders_are_those_of_each_week(parameters: bg_nbd.Parameters, weeks: int) -> None:
    frequency, age = np.array([0, 0, 1, 4, 30, 300]), np.array([0.0, 90.0, 0.2, 30.0, 52.0, 150.0])
    until = [bg_nbd.orders_while_alive(parameters, frequency, age, week) for week in range(weeks + 1)]
    expected = sum((later - earlier) * 1.2 ** (-week / 52) for week, (earlier, later) in enumerate(pairwise(until), 1))
    result = bg_nbd.discounted_orders(parameters, frequency, age, weeks=weeks, annual_rate=0.2)
    assert result == pytest.approx(expected, rel=1e-10)


def test_weeks_are_discounted_at_their_end():
    frequency, age = np.array([0, 3]), np.array([10.0, 50.0])
    until = np.array([bg_nbd.orders_while_alive(CDNOW, frequency, age, week) for week in range(4)])
    wanted = sum((until[week] - until[week - 1]) * 1.1 ** (-week / 52) for week in (1, 2, 3))
    result = bg_nbd.discounted_orders(CDNOW, frequency, age, weeks=3, annual_rate=0.1)
    assert result == pytest.approx(wanted, rel=1e-13)
    plain = bg_nbd.discounted_orders(CDNOW, frequency, age, weeks=52, annual_rate=0.0)
    assert plain == pytest.approx(bg_nbd.orders_while_alive(CDNOW, frequency, age, 52.0), rel=1e-12)


def test_parameters_are_recovered():
    truth = Parameters(0.6, 6.0, 0.8, 2.5)
    result = bg_nbd.fit(simulated(truth, 40_000, 1))
    assert (result.converged, result.at_bound) == (True, False)
    for name in ("r", "alpha", "a", "b"):
        assert getattr(result.parameters, name) == pytest.approx(getattr(truth, name), rel=0.1)


def test_the_fit_is_a_maximum_and_the_gradient_belongs_to_the_likelihood():
    histories = simulated(CDNOW, 500, 2)
    likelihood = bg_nbd._Likelihood(histories, 0.1)
    rng = np.random.default_rng(3)
    for point in rng.normal(size=(5, 4)):
        steps = 1e-6 * np.eye(4)
        numeric = [(likelihood(point + step)[0] - likelihood(point - step)[0]) / 2e-6 for step in steps]
        assert likelihood(point)[1] == pytest.approx(numeric, abs=1e-8)
    best = bg_nbd.fit(histories)
    for point in rng.normal(scale=0.01, size=(5, 4)):
        p = best.parameters
        beside = Parameters(
            *(value * float(np.exp(d)) for value, d in zip((p.r, p.alpha, p.a, p.b), point, strict=True))
        )
        assert bg_nbd.log_likelihood(beside, histories) < best.log_likelihood


def test_counts_equal_repeated_customers_and_the_unit_of_time_does_not_matter():
    one = simulated(CDNOW, 800, 4)
    doubled = Histories(one.frequency, one.recency, one.age, 2 * one.customers)
    assert bg_nbd.log_likelihood(CDNOW, doubled) == pytest.approx(2 * bg_nbd.log_likelihood(CDNOW, one), rel=1e-12)
    days = bg_nbd.fit(Histories(one.frequency, 7 * one.recency, 7 * one.age, one.customers)).parameters
    weeks = bg_nbd.fit(one).parameters
    assert days.alpha == pytest.approx(7 * weeks.alpha, rel=1e-6)
    assert days.b == pytest.approx(weeks.b, rel=1e-6)


def test_homogeneous_dropout_is_held_at_the_cap():
    rng = np.random.default_rng(5)
    histories = simulated(Parameters(0.6, 6.0, 4000.0, 16_000.0), 1_000, rng.integers(100))
    result = bg_nbd.fit(histories)
    assert (result.converged, result.at_bound) == (True, False)
    assert result.parameters.a <= bg_nbd.ALIKE
    mean = result.parameters.a / (result.parameters.a + result.parameters.b)
    assert mean == pytest.approx(0.2, abs=0.04)


def test_a_shop_that_nobody_leaves_hits_the_bound():
    regular = Histories(
        np.full(50, 20, dtype=np.int64), np.linspace(99, 100, 50), np.full(50, 100.0), np.ones(50, dtype=np.int64)
    )
    assert bg_nbd.fit(regular).at_bound
