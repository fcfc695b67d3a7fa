"""Probabilities and quantiles of value.customers: by hand, and their agreement with each other and with at_risk."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest
from scipy.stats import nbinom
from value.modelled_shop import AS_OF, tables
from value.shop import order, span

from pipelines.statistics.odds_shift import shifted


def test_the_simple_estimate_by_hand():
    # As in test_customer_base: r = 0.5 and alpha = 3 weeks; Ann has 1 repeat purchase in 4 weeks, Bob none in 2.
    people = [
        order("o1", "ann", "2024-02-01 12:00", "10.00"),
        order("o2", "ann", "2024-02-08 12:00", "20.00"),
        order("o3", "bob", "2024-02-15 12:00", "30.00"),
    ]
    rows = tables(people, [], months=span("2024-02", "2024-02", AS_OF))["customers"]
    for days in (30, 90, 365):
        weeks = days / 7
        wanted = [1 - (7 / (7 + weeks)) ** 1.5, 1 - (5 / (5 + weeks)) ** 0.5]
        assert rows[f"order_probability_{days}d"].to_list() == pytest.approx(wanted)
    # Nobody leaves, so the orders of 52 weeks are negative binomial.
    for name, level in (("p10", 0.1), ("p50", 0.5), ("p90", 0.9)):
        assert rows[f"orders_{name}"].to_list() == [nbinom.ppf(level, 1.5, 7 / 59), nbinom.ppf(level, 0.5, 5 / 57)]
    wait = [7 * (0.5 ** (-1 / 1.5) - 1), 5 * (0.5**-2 - 1)]
    assert rows["next_order_days"].to_list() == [int(np.ceil(7 * weeks)) for weeks in wait]


def test_its_mean_over_a_category_is_the_churn_of_at_risk(whole):
    people, risk = whole[1]["customers"], whole[1]["at_risk"]
    mean = people.group_by("month", "category").agg(
        churn=1 - pl.col("order_probability_365d").mean(), money=pl.col("calibrated_at_risk_90d").sum()
    )
    both = risk.join(mean, on=["month", "category"])
    assert both.height == risk.height
    assert both["churn_probability"].to_numpy() == pytest.approx(both["churn"].to_numpy(), rel=1e-9)
    assert both["calibrated_at_risk_90d"].to_numpy() == pytest.approx(both["money"].to_numpy(), rel=1e-9, abs=1e-9)
    # Calibration changes what follows a year with an outcome, and nothing before.
    calibrated = people.filter(pl.col("month") == date(2024, 2, 1))
    odds = pl.col("calibrated_at_risk_90d") - pl.col("revenue_at_risk_90d")
    assert calibrated.select(odds.abs().max()).item() > 0
    early = people.filter(pl.col("month") < date(2023, 6, 1))
    assert early.select(odds.abs().max()).item() < 1e-9


def test_one_factor_of_odds_corrects_a_category(whole):
    """The odds of silence with answers, over those without: the same for everybody of a category, at every horizon."""
    (orders, answers), result = whole
    month = span("2024-02", "2024-02", AS_OF)
    people = result["customers"].filter(pl.col("month") == date(2024, 2, 1))
    plain = tables(orders, [], months=month)["customers"]
    assert plain["customer_id"].to_list() == people["customer_id"].to_list()
    for days in (30, 365):
        name = f"order_probability_{days}d"
        one, other = people[name], plain[name]
        factor = (1 - one) / one / ((1 - other) / other)
        spread = pl.DataFrame({"category": people["category"], "factor": factor}).group_by("category")
        ends = spread.agg(low=pl.col("factor").min(), high=pl.col("factor").max())
        assert ends["low"].to_numpy() == pytest.approx(ends["high"].to_numpy(), rel=1e-6)
        assert ends["low"].n_unique() == 4
    assert answers
    assert shifted(0.5, 0.0) == 0.5


def test_quantiles_agree_with_probabilities(whole):
    people = whole[1]["customers"]
    likely = people["order_probability_365d"] > 0.5 + 1e-9
    assert (people["next_order_days"].filter(likely) <= 365).all()
    within = people["next_order_days"].filter(people["order_probability_365d"] < 0.5 - 1e-9).drop_nulls()
    assert (within > 364).all()
    # The horizon of 52 weeks is a day shorter than the year.
    assert (likely.filter(people["orders_p50"] > 0)).all()
    for level in ("p10", "p50", "p90"):
        assert ((people[f"value_{level}"] > 0) <= (people[f"orders_{level}"] > 0)).all()
    assert people["orders_p90"].max() > 1
    assert people["next_order_days"].null_count() > 0


def test_a_forecast_of_a_young_shop_teaches_nothing(whole):
    """In January 2024 the forecast of a year ago rested on seven months, in November 2023 on five."""
    people = whole[1]["customers"]
    odds = (pl.col("calibrated_at_risk_90d") - pl.col("revenue_at_risk_90d")).abs().max()
    by_month = dict(people.group_by("month").agg(odds).rows())
    assert by_month[date(2023, 11, 1)] < 1e-9
    assert by_month[date(2024, 1, 1)] > 0.01
    risk = whole[1]["at_risk"].filter(pl.col("month") == date(2024, 1, 1))
    assert risk["churn_actual_before"].null_count() == 0
