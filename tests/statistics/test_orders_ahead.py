"""Orders ahead: the distribution against its expectation, drawn customers, and counts one by one."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_histories import CDNOW, CDNOW_MBG

from pipelines.statistics import bg_nbd, orders_ahead

SIMPLE = bg_nbd.Parameters(0.3, 5.0, 0.0, 1.0)
MODELS = (CDNOW, CDNOW_MBG, SIMPLE)
LEVELS = (0.05, 0.1, 0.5, 0.9, 0.95)


@pytest.mark.parametrize("parameters", MODELS)
@pytest.mark.parametrize(("frequency", "age"), [(0, 10.0), (2, 38.86), (300, 500.0)])
def test_the_distribution_has_the_expectation(parameters, frequency, age):
    counts = np.arange(1, 3000)
    reached = orders_ahead.at_least(parameters, counts, frequency, age, 52.0)
    assert (np.diff(reached) <= 1e-300).all()
    wanted = float(bg_nbd.orders_while_alive(parameters, frequency, age, 52.0))
    assert reached.sum() == pytest.approx(wanted, rel=1e-9)
    assert orders_ahead.any_order(parameters, frequency, age, 52.0) == pytest.approx(reached[0], rel=1e-12)


def test_it_is_the_lesser_of_a_poisson_and_a_geometric_count():
    rng = np.random.default_rng(1)
    draws, frequency, age, weeks = 400_000, 3, 30.0, 52.0
    rate = rng.gamma(CDNOW.r + frequency, 1 / (CDNOW.alpha + age), draws)
    leave = rng.beta(CDNOW.a, CDNOW.b + frequency, draws)
    orders = np.minimum(rng.poisson(rate * weeks), rng.geometric(leave))
    shares = [(orders >= count).mean() for count in (1, 2, 5, 10)]
    assert orders_ahead.at_least(CDNOW, [1, 2, 5, 10], frequency, age, weeks) == pytest.approx(shares, abs=0.003)


@pytest.mark.parametrize("parameters", MODELS)
def test_quantiles_are_the_least_counts_not_exceeded(parameters):
    """Also beyond the counts that are found step by step, and where the first term underflows."""
    frequency = np.array([0, 0, 1, 3, 10, 40, 200, 2_000, 6_000])
    age, alive = np.full(9, 150.0), np.array([1.0, 0.3, 0.8, 0.95, 0.6, 0.99, 1.0, 0.9, 0.999])
    found = orders_ahead.quantiles(parameters, alive, frequency, age, weeks=52.0, levels=LEVELS)
    counts = np.arange(1, 6_000)
    for place in range(9):
        reached = alive[place] * orders_ahead.at_least(parameters, counts, frequency[place], age[place], 52.0)
        wanted = [int((reached > 1 - level).sum()) for level in LEVELS]
        assert [int(values[place]) for values in found] == wanted


def test_nobody_who_never_ordered_again_in_a_shop_without_repeat_orders_will():
    none = bg_nbd.Parameters(0.0, 3.0, 0.0, 1.0)
    [most] = orders_ahead.quantiles(none, np.ones(1), [0], [4.0], weeks=52.0, levels=(0.9,))
    assert (most.tolist(), orders_ahead.at_least(none, 1, 0, 4.0, 52.0)) == ([0], 0)
    assert orders_ahead.next_order(none, np.ones(1), [0], [4.0]).tolist() == [np.inf]


@pytest.mark.parametrize("parameters", MODELS)
def test_half_have_ordered_by_the_median(parameters):
    alive, frequency, age = np.array([1.0, 0.7, 0.5, 0.2]), np.array([1, 4, 2, 2]), np.full(4, 40.0)
    median = orders_ahead.next_order(parameters, alive, frequency, age)
    assert np.isinf(median).tolist() == [False, False, True, True]
    by_then = alive[:2] * orders_ahead.any_order(parameters, frequency[:2], age[:2], median[:2])
    assert by_then == pytest.approx([0.5, 0.5], rel=1e-12)
