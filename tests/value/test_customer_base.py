"""The customer base through its tables: histories by hand, fits reused or not, the simple estimate, no leakage."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from value.shop import ZONE, answer, ddl, order, shop, span

from pipelines.periods import Span, Window, next_month
from pipelines.settings import Settings
from pipelines.value import customer_base, model_backtest, retention
from pipelines.value.at_risk import at_risk
from pipelines.value.by_category import by_category
from pipelines.value.customer_base import before, correlation
from pipelines.value.customer_months import months_of
from pipelines.value.customers import customers
from pipelines.value.models import models
from pipelines.value.purchases import histories, purchase_days

AS_OF = "2024-03-10 17:30"
SPAN = span("2023-01", "2024-03", AS_OF)
ALL = Settings(customer_months=0)
MARGINS = Settings(customer_months=0)
MARGINS._margins = (("*", 2500),)


def records(seed, people=130):
    """A shop of some years: enough repeat buyers that its later months are fitted, refunds late and early."""
    random = Random(seed)
    orders, answers = [], []
    for person in range(people):
        day, rate = random.uniform(0, 500), random.gammavariate(1.2, 1 / 60)
        leave, taste = random.betavariate(0.8, 2.0), random.gauss(0, 0.5)
        while day < 640:
            when = datetime(2022, 6, 10, 9, tzinfo=ZoneInfo("UTC")) + timedelta(days=day, hours=random.randint(0, 30))
            gross = f"{random.lognormvariate(3.5 + taste, 0.6):.2f}"
            facts = {}
            if random.random() < 0.15:
                later = when + timedelta(days=random.choice([-1, 3, 20, 70]))
                facts = {"refunded": random.choice([gross, "5.00"]), "refunded_at": f"{later:%Y-%m-%d %H:%M}"}
            name = f"o{person}-{len(orders)}"
            facts["cancelled"] = random.random() < 0.03
            orders.append(order(name, f"c{person}", f"{when:%Y-%m-%d %H:%M}", gross, **facts))
            if random.random() < 0.3:
                asked = when + timedelta(days=9)
                answers.append(
                    answer(f"a{len(answers)}", f"c{person}", f"{asked:%Y-%m-%d %H:%M}", random.randint(0, 10))
                )
            if random.random() < leave:
                break
            day += random.expovariate(rate)
    return orders, answers


def tables(orders, answers, months=SPAN, kept=None, settings=ALL):
    o, a, _ = shop(orders, answers)
    fits = None if kept is None else kept.lazy()
    options = {"span": months, "settings": settings}
    return {
        "models": models(o, fits, **options),
        "model_backtest": model_backtest.model_backtest(o, fits, **options),
        "by_category": by_category(o, a, fits, **options),
        "customers": customers(o, a, fits, **options),
        "at_risk": at_risk(o, a, fits, **options),
        "retention": retention.retention(o, **options),
    }


def same(found, expected):
    for name, wanted in expected.items():
        assert_frame_equal(found[name], wanted, check_exact=True)


@pytest.fixture(scope="module")
def whole():
    """A shop and all its tables."""
    known = records(3)
    return known, tables(*known)


def test_the_shop_has_fits_and_simple_estimates(whole):
    found = whole[1]["models"].filter(pl.col("model") == "bg_nbd")
    assert found["fallback"].any()
    assert not found["fallback"].all()
    assert whole[1]["model_backtest"].filter(~pl.col("fallback")).height
    assert set(whole[1]["at_risk"]["category"]) == {"promoter", "passive", "detractor", "unsurveyed"}


def test_rows_have_the_columns_and_types_of_the_ddl(whole):
    for name, rows in whole[1].items():
        assert rows.height
        assert list(rows.schema.items()) == list(ddl("value", name).items()), name


def test_a_shop_without_orders_has_typed_tables_without_rows():
    for name, rows in tables([], []).items():
        assert rows.is_empty()
        assert list(rows.schema.items()) == list(ddl("value", name).items()), name


@pytest.mark.parametrize("seed", [2, 4])
def test_nothing_later_touches_a_month(whole, seed):
    (orders, answers), found = whole
    random = Random(seed)
    month = random.choice(months_of(SPAN)[4:-1])
    midnight = datetime(month.end.year, month.end.month, month.end.day, tzinfo=ZoneInfo(ZONE))
    known = []
    for record in orders:
        refunded_at = record["refunded_at"]
        if record["ordered_at"] >= midnight:
            continue
        if refunded_at is not None and refunded_at >= midnight and not record["is_cancelled"]:
            gross = record["gross"]
            known.append({**record, "refunded": None, "refunded_at": None, "net": gross, "counts": True})
        else:
            known.append(record)
    assert len(known) < len(orders)
    random.shuffle(known)
    answers = [record for record in answers if record["responded_at"] < midnight]
    # Three months to the end: a month's rows do not depend on the months beside it (test_months_in_parts).
    months = Span(Window(before(month, 2).start, month.end), SPAN.clock)
    of_months = pl.col("month").is_between(months.months.start, month.start)
    for name, rows in tables(known, answers, months=months).items():
        assert_frame_equal(rows, found[name].filter(of_months), check_exact=True)


def test_months_in_parts_in_any_order_are_one_range(whole):
    known, wanted = whole
    starts = [month.start for month in months_of(SPAN)]
    edges = [starts[0], starts[4], starts[5], starts[9], starts[-1], SPAN.months.end]
    parts = {pair: tables(*known, months=Span(Window(*pair), SPAN.clock)) for pair in reversed(list(pairwise(edges)))}
    for name, rows in wanted.items():
        joined = pl.concat([parts[pair][name] for pair in sorted(parts)])
        assert_frame_equal(joined, rows, check_exact=True)


def test_a_fit_is_reused_only_for_the_same_histories(whole, monkeypatch):
    (orders, answers), wanted = whole
    calls = []
    fit = customer_base.bg_nbd.fit
    monkeypatch.setattr(customer_base.bg_nbd, "fit", lambda known: calls.append(1) or fit(known))
    same(tables(orders, answers, kept=wanted["models"]), wanted)
    tried = wanted["models"].filter(pl.col("model") == "bg_nbd", pl.col("reason").is_null())
    assert calls == []
    assert tried.height
    # One order less in the last closed month: its row is of other histories, and so are those after it.
    fewer = [
        record
        for record in orders
        if record["order_date"] != max(r["order_date"] for r in orders if r["order_date"] < date(2024, 3, 1))
    ]
    last = span("2024-01", "2024-03", AS_OF)
    same(tables(fewer, answers, last, kept=wanted["models"]), tables(fewer, answers, last))
    assert calls


def test_a_row_of_another_code_is_not_rested_on(whole):
    known, wanted = whole
    wrong = wanted["models"].with_columns(value=pl.col("value") * 2, input_hash=pl.lit("of another code"))
    months = span("2023-11", "2024-03", AS_OF)
    of_months = pl.col("month") >= months.months.start
    same(tables(*known, months, kept=wrong), {name: rows.filter(of_months) for name, rows in wanted.items()})


def test_the_open_month_has_the_fit_of_the_last_closed_one(whole):
    rows = whole[1]["models"]
    columns = ["model", "parameter", "value", "log_likelihood", "customers", "fitted_to", "input_hash"]
    march, february = (rows.filter(pl.col("month") == date(2024, number, 1)).select(columns) for number in (3, 2))
    assert_frame_equal(march, february)
    assert set(march["fitted_to"]) == {date(2024, 2, 29)}


def test_a_shop_in_its_first_month_goes_by_the_open_one():
    records_ = [order(f"o{n}", f"c{n}", "2024-03-04 12:00", "10.00") for n in range(5)]
    found = tables(records_, [], months=span("2024-03", "2024-03", AS_OF))
    assert set(found["models"]["fitted_to"]) == {date(2024, 3, 10)}
    assert set(found["models"]["reason"]) == {"too_few_repeat_buyers"}
    assert found["customers"]["expected_orders"].to_list() == [0.0] * 5
    assert found["customers"]["expected_order_value"].to_list() == [10.0] * 5


HISTORY = [
    # Two orders on one day in New York, though two in UTC, are one purchase of 30.00.
    order("o1", "ann", "2024-01-02 12:00", "10.00"),
    order("o2", "ann", "2024-01-03 04:00", "20.00"),
    order("o3", "ann", "2024-01-12 12:00", "50.00", refunded="20.00", refunded_at="2024-02-20 12:00"),
    # Free: keeps its place in time, stays out of the mean.
    order("o4", "ann", "2024-01-22 12:00", "0.00"),
    # A return booked as an order: takes from the money of its own day only.
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
    days = purchase_days(shop(HISTORY)[0], clock=months.clock)
    found = histories(days, months_of(months)[place]).collect().sort("customer_id")
    assert found.rows() == wanted


def test_the_simple_estimate_by_hand():
    # Ann bought again after 7 days and is known for 28, Bob came once 14 days ago: on average 0.5 repeats in 21 days.
    people = [
        order("o1", "ann", "2024-02-01 12:00", "10.00"),
        order("o2", "ann", "2024-02-08 12:00", "20.00"),
        order("o3", "bob", "2024-02-15 12:00", "30.00"),
    ]
    months = span("2024-02", "2024-02", AS_OF)
    found = tables(people, [], months=months)
    parameters = dict(found["models"].select("parameter", "value").rows())
    assert parameters == {"r": 0.5, "alpha": 3.0, "a": 0.0, "b": 1.0, "p": 1.0, "q": 2.0, "gamma": 20.0}
    assert set(found["models"]["reason"]) == {"too_few_repeat_buyers"}
    rows = found["customers"]
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
    bg = customer_base.bg_nbd.Parameters(*(value[name] for name in ("r", "alpha", "a", "b")))
    gg = customer_base.gamma_gamma.Parameters(*(value[name] for name in ("p", "q", "gamma")))
    days = purchase_days(shop(*whole[0])[0], clock=SPAN.clock)
    known = histories(days, months_of(SPAN)[-1]).collect().sort("customer_id")
    history = [known[name].to_numpy() for name in ("frequency", "recency_days", "age_days")]
    weeks = (history[0], history[1] / 7, history[2] / 7)
    money = customer_base.gamma_gamma.expected_order_value(
        gg, known["value_orders"], known["value_cents"].to_numpy() / 100
    )
    orders = customer_base.bg_nbd.expected_orders(bg, *weeks, 52.0)
    assert base_rows["customer_id"].to_list() == known["customer_id"].to_list()
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


def test_horizon_and_discount_are_settings(whole):
    months = span("2024-03", "2024-03", AS_OF)
    plain = Settings(customer_months=0, discount_rate=0, horizon_months=24)
    found = tables(*whole[0], months=months, settings=plain)["customers"]
    assert (found["predicted_value"] - found["expected_orders"] * found["expected_order_value"]).abs().max() < 1e-9
    year = whole[1]["customers"].filter(pl.col("month") == date(2024, 3, 1))
    assert (found["expected_orders"] > year["expected_orders"]).all()


def test_margin_is_the_basis_of_every_value_and_not_of_revenue(whole):
    months = span("2024-02", "2024-02", AS_OF)
    revenue = tables(*whole[0], months=months)
    found = tables(*whole[0], months=months, settings=MARGINS)
    of_margin, plain = found["customers"], revenue["customers"]
    assert of_margin["revenue"].to_list() == plain["revenue"].to_list()
    assert of_margin["average_order_value"].to_list() == plain["average_order_value"].to_list()
    quarter = (plain["historic_value"].cast(pl.Float64) / 4).to_numpy()
    assert of_margin["historic_value"].cast(pl.Float64).to_numpy() == pytest.approx(quarter, abs=0.2)
    assert of_margin["predicted_value"].to_numpy() == pytest.approx(plain["predicted_value"].to_numpy() / 4, rel=1e-2)
    lines, plain_lines = found["by_category"], revenue["by_category"]
    assert lines["share_of_revenue"].to_list() == plain_lines["share_of_revenue"].to_list()
    assert lines["lifetime_value"].to_numpy() == pytest.approx(plain_lines["lifetime_value"].to_numpy() / 4, rel=1e-2)
    old, new = (frame["models"].filter(pl.col("parameter") == "gamma")["value"][0] for frame in (revenue, found))
    assert new == pytest.approx(old / 4, rel=0.02)


def test_means_of_a_category_are_those_of_its_customers(whole):
    people, lines, risk = (whole[1][name] for name in ("customers", "by_category", "at_risk"))
    mean = people.group_by("month", "category").agg(
        pl.col("predicted_value", "lifetime_value").mean(),
        churn=1 - pl.col("probability_alive").mean(),
        at_risk=pl.col("revenue_at_risk_90d").sum(),
        expected=pl.col("expected_revenue_90d").sum(),
    )
    both = lines.join(mean, on=["month", "category"], suffix="_mean").join(risk, on=["month", "category"])
    assert both.height == lines.height == risk.height
    for name, other in (
        ("predicted_value", "predicted_value_mean"),
        ("lifetime_value", "lifetime_value_mean"),
        ("churn_probability", "churn"),
        ("revenue_at_risk_90d", "at_risk"),
        ("expected_revenue_90d", "expected"),
    ):
        assert both[name].to_numpy() == pytest.approx(both[other].to_numpy(), rel=1e-9, abs=1e-9)
    inside = both.filter(pl.col("lifetime_value_low").is_not_null())
    assert (inside["lifetime_value"] >= inside["lifetime_value_low"]).all()
    assert (inside["lifetime_value"] <= inside["lifetime_value_high"]).all()


def test_hold_outs_count_what_came(whole):
    (orders, _), found = whole
    rows = found["model_backtest"]
    one = rows.filter(pl.col("month") == date(2024, 2, 1), pl.col("hold_out_months") == 6)
    assert set(one["fitted_to"]) == {date(2023, 8, 31)}
    known, came = set(), set()
    for record in orders:
        back = record["refunded_at"]
        gone = back is not None and record["refunded"] == record["gross"]
        day, then = record["order_date"], date(2023, 9, 1)
        if record["is_cancelled"] or day >= date(2024, 3, 1):
            continue
        if day < then and not (gone and max(back.astimezone(ZoneInfo(ZONE)).date(), day) < then):
            known.add(record["customer_id"])
        if day >= then and not (gone and max(back.astimezone(ZoneInfo(ZONE)).date(), day) < date(2024, 3, 1)):
            came.add((record["customer_id"], day))
    total = one.filter(pl.col("decile") == 0)
    assert total["customers"].to_list() == [len(known)]
    assert total["actual_orders"].to_list() == [len([who for who, _ in came if who in known])]
    assert total["expected_orders"][0] == pytest.approx(one.filter(pl.col("decile") > 0)["expected_orders"].sum())
    # The open month has none, and no hold-out reaches before the first customer.
    assert rows["month"].max() == date(2024, 2, 1)
    assert rows.filter(pl.col("hold_out_months") == 12)["month"].min() >= date(2023, 6, 1)
    first = rows.filter(pl.col("decile") == 1)
    last = rows.filter(pl.col("decile") == 9)
    assert (first["expected_orders"] / first["customers"]).mean() > (last["expected_orders"] / last["customers"]).mean()


def test_the_error_at_risk_is_that_of_the_hold_out(whole):
    risk, held = whole[1]["at_risk"], whole[1]["model_backtest"]
    by_month = risk.group_by("month").agg(pl.col("backtest_expected", "backtest_actual").sum()).sort("month")
    three = held.filter(pl.col("hold_out_months") == 3, pl.col("decile") == 0)
    both = by_month.join(three, on="month")
    assert both.height == three.height
    # A category that has emptied since has no line for its past.
    close = (both["backtest_expected"] - both["expected_value"]).abs() <= 1e-6 + 0.2 * both["expected_value"]
    assert close.all()
    last = both.tail(1)
    assert last["backtest_actual"].to_list() == last["actual_value"].to_list()
    error = risk.filter(pl.col("backtest_actual") > 0)
    wanted = error["backtest_expected"] / error["backtest_actual"].cast(pl.Float64) - 1
    assert error["backtest_error"].to_numpy() == pytest.approx(wanted.to_numpy())


def test_categories_are_calibrated_by_their_hold_out(whole):
    risk, held = whole[1]["at_risk"], whole[1]["model_backtest"]
    last = pl.col("month") == date(2024, 2, 1)
    rows = risk.filter(last)
    came = held.filter(last, pl.col("hold_out_months") == 3, pl.col("decile") == 0)["actual_orders"][0]
    now, expected = rows["expected_revenue_90d"].to_numpy(), rows["backtest_expected"].to_numpy()
    actual = rows["backtest_actual"].cast(pl.Float64).to_numpy()
    weight = 50 * actual.sum() / came
    ratio = (actual + weight * actual.sum() / expected.sum()) / (expected + weight)
    wanted = now * ratio / (now * ratio).sum() * now.sum()
    assert rows["calibrated_revenue_90d"].to_numpy() == pytest.approx(wanted, rel=1e-9)
    assert (np.sign(wanted / now - 1) == np.sign(ratio - (now * ratio).sum() / now.sum())).all()
    # Nothing to go by before the first hold-out.
    first = risk.filter(pl.col("backtest_expected").is_null().all().over("month"))
    assert first["calibrated_revenue_90d"].is_null().all()


def test_retention_multiples_are_the_published_ones():
    # Eight of ten customers of 2022 came again in 2023, and one came first then.
    bought = [order(f"a{n}", f"c{n}", "2022-06-01 12:00", "10.00") for n in range(10)]
    bought += [order(f"b{n}", f"c{n}", "2023-06-02 12:00", "30.00") for n in range(8)]
    bought.append(order("n", "new", "2023-08-02 12:00", "30.00"))
    months = span("2023-12", "2023-12", AS_OF)
    rows = retention.retention(shop(bought)[0], span=months, settings=Settings())
    assert rows["gain_points"].to_list() == [0, 1, 2, 5, 10]
    assert set(rows.select("customers", "retained").rows()) == {(10, 8)}
    five = rows.filter(pl.col("gain_points").is_in([0, 5]))
    assert five["multiple"].to_list() == pytest.approx([2.6667, 3.4], abs=5e-5)
    assert five["change"].to_list() == pytest.approx([0, 0.275], abs=5e-4)
    assert set(rows["yearly_value"]) == {Decimal("30.00")}
    assert five["retained_value"].to_list() == pytest.approx([80, 102], abs=2e-3)
    free = retention.retention(shop(bought)[0], span=months, settings=Settings(discount_rate=0))
    assert free["multiple"].to_list()[:1] == pytest.approx([4])
    assert free.height == 5


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
