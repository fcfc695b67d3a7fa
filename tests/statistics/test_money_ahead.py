"""Money ahead: quantiles against drawn customers, of few orders and of many."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_histories import CDNOW, CDNOW_MBG

from pipelines.statistics import bg_nbd, gamma_gamma, money_ahead, orders_ahead
from pipelines.statistics.money_ahead import Customers

MONEY = gamma_gamma.Parameters(6.25, 3.74, 15.44)
SIMPLE = bg_nbd.Parameters(0.3, 5.0, 0.0, 1.0)
LEVELS = (0.1, 0.5, 0.9)


def drawn(purchases, alive, frequency, age, orders):
    """Sums of the orders of 52 weeks, in units of the expected money per order, 300,000 times."""
    rng = np.random.default_rng(1)
    draws, rest = 300_000, MONEY.q + MONEY.p * orders
    rate = rng.gamma(purchases.r + frequency, 1 / (purchases.alpha + age), draws)
    count = rng.poisson(rate * 52.0)
    if purchases.a:
        leave = rng.beta(purchases.a, float(purchases.stayed(frequency)), draws)
        count = np.minimum(count, rng.geometric(leave))
    count = np.where(rng.random(draws) < alive, count, 0)
    money = rng.gamma(np.maximum(MONEY.p * count, 1e-9)) / rng.gamma(rest, size=draws)
    return np.where(count > 0, money * (rest - 1) / MONEY.p, 0.0)


CUSTOMERS = [(0.9, 0, 10.0, 0), (0.8, 2, 38.0, 2), (0.99, 10, 60.0, 9), (0.97, 40, 100.0, 40), (1.0, 300, 150.0, 280)]


@pytest.mark.parametrize("purchases", [CDNOW, CDNOW_MBG, SIMPLE])
@pytest.mark.parametrize("customer", CUSTOMERS)
def test_quantiles_are_those_of_drawn_customers(purchases, customer):
    one = Customers(*(np.array([value]) for value in customer))
    found = np.array(money_ahead.quantiles(purchases, MONEY, one, weeks=52.0, levels=LEVELS)).ravel()
    wanted = np.quantile(drawn(purchases, *customer), LEVELS)
    # Of the tolerance half a percent is the draws'.
    assert found == pytest.approx(wanted, rel=0.015 if customer[1] <= 10 else 0.025, abs=0.01)


def test_the_median_is_money_where_the_median_is_an_order():
    rng = np.random.default_rng(2)
    frequency = rng.geometric(0.4, 2_000) - 1
    who = Customers(rng.random(2_000), frequency, rng.integers(10, 900, 2_000) / 7, np.maximum(frequency - 1, 0))
    money = money_ahead.quantiles(CDNOW_MBG, MONEY, who, weeks=52.0, levels=LEVELS)
    orders = orders_ahead.quantiles(CDNOW_MBG, who.alive, who.frequency, who.age, weeks=52.0, levels=LEVELS)
    for sums, counts in zip(money, orders, strict=True):
        assert ((sums > 0) == (counts > 0)).all()
    assert (money[0] <= money[1]).all()
    assert (money[1] <= money[2]).all()
    alone = money_ahead.quantiles(
        CDNOW_MBG, MONEY, Customers(*(values[:7] for values in who)), weeks=52.0, levels=LEVELS
    )
    assert np.array(alone) == pytest.approx(np.array(money)[:, :7], rel=1e-9)


def test_levels_may_differ_between_customers():
    who = Customers(np.ones(2), np.array([3, 3]), np.array([50.0, 50.0]), np.array([3, 3]))
    [sums] = money_ahead.quantiles(CDNOW, MONEY, who, weeks=52.0, levels=[np.array([0.5, 0.9])])
    median, high = money_ahead.quantiles(CDNOW, MONEY, who, weeks=52.0, levels=(0.5, 0.9))
    assert sums.tolist() == [median[0], high[1]]
