"""The customer base: histories by hand, fits reused or not, the simple estimate, the models' formulas."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from value.modelled_shop import AS_OF, SPAN, assert_same, tables
from value.shop import month_end, order, people_of, shop, span

from pipelines.periods import next_month
from pipelines.value import customer_base
from pipelines.value.customer_base import correlation
from pipelines.value.model_choice import PARAMETERS
from pipelines.value.months import before, months_of


def test_the_shop_has_fits_and_simple_estimates(whole):
    fits = whole[1]["models"].filter(pl.col("model") != "gamma_gamma")
    assert fits["fallback"].any()
    assert not fits["fallback"].all()
    assert whole[1]["model_backtest"].filter(~pl.col("fallback")).height
    assert set(whole[1]["at_risk"]["category"]) == {"promoter", "passive", "detractor", "unsurveyed"}


@pytest.mark.slow
def test_a_fit_is_reused_only_for_the_same_histories(whole, monkeypatch):
    (orders, answers), wanted = whole
    calls = []
    fit = customer_base.bg_nbd.fit
    monkeypatch.setattr(customer_base.bg_nbd, "fit", lambda *arguments: calls.append(1) or fit(*arguments))
    assert_same(tables(orders, answers, stored=wanted["models"]), wanted)
    tried = wanted["models"].filter(pl.col("model") != "gamma_gamma", pl.col("reason").is_null())
    assert calls == []
    assert tried.height
    # With one day's orders less in the last closed month, its histories and later ones differ.
    fewer = [
        record
        for record in orders
        if record["order_date"] != max(r["order_date"] for r in orders if r["order_date"] < date(2024, 3, 1))
    ]
    last = span("2024-01", "2024-03", AS_OF)
    assert_same(tables(fewer, answers, last, stored=wanted["models"]), tables(fewer, answers, last))
    assert calls


def test_a_fit_of_other_code_is_not_reused(whole):
    facts, wanted = whole
    wrong = wanted["models"].with_columns(value=pl.col("value") * 2, input_hash=pl.lit("of another code"))
    months = span("2023-11", "2024-03", AS_OF)
    of_months = pl.col("month") >= months.months.start
    assert_same(tables(*facts, months, stored=wrong), {name: rows.filter(of_months) for name, rows in wanted.items()})


def test_the_open_month_has_the_fit_of_the_last_closed_one(whole):
    rows = whole[1]["models"]
    columns = ["model", "parameter", "value", "log_likelihood", "customers", "fitted_to", "input_hash"]
    march, february = (rows.filter(pl.col("month") == date(2024, number, 1)).select(columns) for number in (3, 2))
    assert_frame_equal(march, february)
    assert set(march["fitted_to"]) == {date(2024, 2, 29)}


def test_a_shop_in_its_first_month_uses_the_open_one():
    orders = [order(f"o{n}", f"c{n}", "2024-03-04 12:00", "10.00") for n in range(5)]
    result = tables(orders, [], months=span("2024-03", "2024-03", AS_OF))
    assert set(result["models"]["fitted_to"]) == {date(2024, 3, 10)}
    assert set(result["models"]["reason"]) == {"too_few_repeat_buyers"}
    assert result["customers"]["expected_orders"].to_list() == [0.0] * 5
    assert result["customers"]["expected_order_value"].to_list() == [10.0] * 5


HISTORY_COLUMNS = ("frequency", "recency_days", "age_days", "value_orders", "value_cents", "all_orders", "all_cents")
HISTORY = [
    # Two orders on one day in New York, though two in UTC, are one purchase of 30.00.
    order("o1", "ann", "2024-01-02 12:00", "10.00"),
    order("o2", "ann", "2024-01-03 04:00", "20.00"),
    order("o3", "ann", "2024-01-12 12:00", "50.00", refunded="20.00", refunded_at="2024-02-20 12:00"),
    # Free: counts in time, not in the mean.
    order("o4", "ann", "2024-01-22 12:00", "0.00"),
    # A return booked as an order: reduces the money of its own day only.
    order("o5", "ann", "2024-01-12 15:00", "-5.00"),
    order("o6", "ann", "2024-01-25 15:00", "-5.00"),
    # A purchase until it is refunded in full in February.
    order("o7", "bob", "2024-01-10 12:00", "40.00", refunded="40.00", refunded_at="2024-02-03 12:00"),
    order("o8", "bob", "2024-01-20 12:00", "15.00"),
    order("o9", "cid", "2024-01-20 12:00", "15.00", cancelled=True),
    order("o0", None, "2024-01-20 12:00", "15.00"),
]


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        (0, [("ann", 2, 20, 29, 1, 4500, 2, 7500), ("bob", 1, 10, 21, 1, 1500, 2, 5500)]),
        (1, [("ann", 2, 20, 58, 1, 2500, 2, 5500), ("bob", 0, 0, 40, 0, 0, 1, 1500)]),
        (2, [("ann", 2, 20, 68, 1, 2500, 2, 5500), ("bob", 0, 0, 50, 0, 0, 1, 1500)]),
    ],
)
def test_histories_by_hand(place, wanted):
    months = span("2024-01", "2024-03", AS_OF)
    end = month_end(shop(HISTORY)[0], months_of(months)[place], months.clock)
    assert people_of(end).select("customer_id", *HISTORY_COLUMNS).rows() == wanted


def test_the_simple_estimate_by_hand():
    # Ann bought again after 7 days and first came 28 days ago, Bob came once 14 days ago: 0.5 repeats in 21 days each.
    people = [
        order("o1", "ann", "2024-02-01 12:00", "10.00"),
        order("o2", "ann", "2024-02-08 12:00", "20.00"),
        order("o3", "bob", "2024-02-15 12:00", "30.00"),
    ]
    months = span("2024-02", "2024-02", AS_OF)
    result = tables(people, [], months=months)
    parameters = dict(result["models"].select("parameter", "value").rows())
    assert parameters == {"r": 0.5, "alpha": 3.0, "a": 0.0, "b": 1.0, "p": 1.0, "q": 2.0, "gamma": 20.0}
    assert set(result["models"]["reason"]) == {"too_few_repeat_buyers"}
    rows = result["customers"]
    # 52 weeks at (1 + 0.5) / (28 + 21 days) and at 0.5 / (14 + 21 days).
    assert rows["expected_orders"].to_list() == pytest.approx([52 * 1.5 / 7, 52 * 0.5 / 5])
    assert rows["expected_order_value"].to_list() == pytest.approx([(20 + 20) / 2, 20])
    assert rows["probability_alive"].to_list() == pytest.approx([(4 / 7) ** 1.5, (3 / 5) ** 0.5])
    weekly = sum(1.1 ** (-week / 52) for week in range(1, 53))
    assert rows["predicted_value"].to_list() == pytest.approx([weekly * 1.5 / 7 * 20, weekly * 0.5 / 5 * 20])
    assert rows["lifetime_value"].to_list() == pytest.approx(
        [30 + rows["predicted_value"][0], 30 + rows["predicted_value"][1]]
    )
    of_90 = 90 / 7 * 1.5 / 7 * 20
    assert rows["expected_revenue_90d"][0] == pytest.approx(of_90)
    assert rows["revenue_at_risk_90d"][0] == pytest.approx(of_90 * (1 - (4 / 7) ** 1.5))
    assert rows["revenue_at_risk_180d"][0] == pytest.approx(2 * rows["revenue_at_risk_90d"][0])


def test_predictions_are_those_of_the_models_formulas(whole):
    base_rows = whole[1]["customers"].filter(pl.col("month") == date(2024, 3, 1))
    rows = whole[1]["models"].filter(pl.col("month") == date(2024, 3, 1))
    assert set(rows["reason"]) == {None}
    value = dict(rows.select("parameter", "value").rows())
    [name] = set(rows["model"]) - {"gamma_gamma"}
    bg = PARAMETERS[name](*(value[name] for name in ("r", "alpha", "a", "b")))
    gg = customer_base.gamma_gamma.Parameters(*(value[name] for name in ("p", "q", "gamma")))
    people = people_of(month_end(shop(*whole[0])[0], months_of(SPAN)[-1], SPAN.clock))
    history = [people[name].to_numpy() for name in ("frequency", "recency_days", "age_days")]
    weeks = (history[0], history[1] / 7, history[2] / 7)
    money = customer_base.gamma_gamma.expected_order_value(
        gg, people["value_orders"], people["value_cents"].to_numpy() / 100
    )
    orders = customer_base.bg_nbd.expected_orders(bg, *weeks, 52.0)
    assert base_rows["customer_id"].to_list() == people["customer_id"].to_list()
    assert base_rows["expected_orders"].to_numpy() == pytest.approx(orders, rel=1e-9)
    assert base_rows["expected_order_value"].to_numpy() == pytest.approx(money, rel=1e-9)
    alive = customer_base.bg_nbd.probability_alive(bg, *weeks)
    assert base_rows["probability_alive"].to_numpy() == pytest.approx(alive, rel=1e-9)
    active = customer_base.bg_nbd.discounted_orders(bg, weeks[0], weeks[2], weeks=52, annual_rate=0.1)
    assert base_rows["predicted_value"].to_numpy() == pytest.approx(active * alive * money, rel=1e-9)
    half_year = customer_base.bg_nbd.orders_while_alive(bg, weeks[0], weeks[2], 180 / 7)
    assert base_rows["revenue_at_risk_180d"].to_numpy() == pytest.approx(
        half_year * (1 - alive) * money, rel=1e-9, abs=1e-12
    )


def test_months_before():
    month = months_of(SPAN)[0]
    assert (before(month).start, before(month).end) == (date(2022, 12, 1), date(2023, 1, 1))
    assert before(month, 6).start == date(2022, 7, 1)
    assert before(before(month, 7), -7) == month
    assert next_month(before(month, 1).start) == month.start


def test_correlation_counts_customers():
    left, right, count = np.array([1, 2, 3]), np.array([2.0, 1.0, 4.0]), np.array([3, 1, 2])
    wanted = np.corrcoef(np.repeat(left, count), np.repeat(right, count))[0, 1]
    assert correlation(left, right, count) == pytest.approx(wanted)
    assert correlation(left, np.ones(3), count) is None
