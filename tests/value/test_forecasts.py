"""Tables made of the customer base: types, no leakage, settings, means by category, hold-outs."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from value.modelled_shop import AS_OF, SPAN, tables
from value.shop import ZONE, ddl, span

from pipelines.periods import Span, Window
from pipelines.settings import Settings
from pipelines.value.months import before, months_of


def test_rows_have_the_columns_and_types_of_the_ddl(whole):
    for name, rows in whole[1].items():
        assert rows.height
        assert list(rows.schema.items()) == list(ddl("value", name).items()), name


def test_a_shop_without_orders_has_typed_tables_without_rows():
    for name, rows in tables([], []).items():
        assert rows.is_empty()
        assert list(rows.schema.items()) == list(ddl("value", name).items()), name


@pytest.mark.parametrize("seed", [2, 4])
def test_nothing_later_changes_a_month(whole, seed):
    (orders, answers), wanted = whole
    random = Random(seed)
    month = random.choice(months_of(SPAN)[4:-1])
    midnight = datetime(month.end.year, month.end.month, month.end.day, tzinfo=ZoneInfo(ZONE))
    orders_then = []
    for record in orders:
        refunded_at = record["refunded_at"]
        if record["ordered_at"] >= midnight:
            continue
        if refunded_at is not None and refunded_at >= midnight and not record["is_cancelled"]:
            gross = record["gross"]
            orders_then.append({**record, "refunded": None, "refunded_at": None, "net": gross, "counts": True})
        else:
            orders_then.append(record)
    assert len(orders_then) < len(orders)
    random.shuffle(orders_then)
    answers = [record for record in answers if record["responded_at"] < midnight]
    # Three months are enough: rows do not depend on the other months computed (test_months_in_parts...).
    months = Span(Window(before(month, 2).start, month.end), SPAN.clock)
    of_months = pl.col("month").is_between(months.months.start, month.start)
    for name, rows in tables(orders_then, answers, months=months).items():
        assert_frame_equal(rows, wanted[name].filter(of_months), check_exact=True)


@pytest.mark.slow
def test_months_in_parts_in_any_order_are_one_range(whole):
    facts, wanted = whole
    starts = [month.start for month in months_of(SPAN)]
    edges = [starts[0], starts[4], starts[5], starts[9], starts[-1], SPAN.months.end]
    parts = {pair: tables(*facts, months=Span(Window(*pair), SPAN.clock)) for pair in reversed(list(pairwise(edges)))}
    for name, rows in wanted.items():
        joined = pl.concat([parts[pair][name] for pair in sorted(parts)])
        assert_frame_equal(joined, rows, check_exact=True)


def test_horizon_and_discount_are_settings(whole):
    months = span("2024-03", "2024-03", AS_OF)
    plain = Settings(customer_months=0, discount_rate=0, horizon_months=24)
    result = tables(*whole[0], months=months, settings=plain)["customers"]
    assert (result["predicted_value"] - result["expected_orders"] * result["expected_order_value"]).abs().max() < 1e-9
    year = whole[1]["customers"].filter(pl.col("month") == date(2024, 3, 1))
    assert (result["expected_orders"] > year["expected_orders"]).all()


MARGINS = Settings(customer_months=0)
MARGINS._margins = (("*", 2500),)


def test_margin_is_the_basis_of_every_value_and_not_of_revenue(whole):
    months = span("2024-02", "2024-02", AS_OF)
    revenue = tables(*whole[0], months=months)
    margin = tables(*whole[0], months=months, settings=MARGINS)
    of_margin, plain = margin["customers"], revenue["customers"]
    assert of_margin["revenue"].to_list() == plain["revenue"].to_list()
    assert of_margin["average_order_value"].to_list() == plain["average_order_value"].to_list()
    quarter = (plain["historic_value"].cast(pl.Float64) / 4).to_numpy()
    assert of_margin["historic_value"].cast(pl.Float64).to_numpy() == pytest.approx(quarter, abs=0.2)
    assert of_margin["predicted_value"].to_numpy() == pytest.approx(plain["predicted_value"].to_numpy() / 4, rel=1e-2)
    lines, plain_lines = margin["by_category"], revenue["by_category"]
    assert lines["share_of_revenue"].to_list() == plain_lines["share_of_revenue"].to_list()
    assert lines["lifetime_value"].to_numpy() == pytest.approx(plain_lines["lifetime_value"].to_numpy() / 4, rel=1e-2)
    old, new = (frame["models"].filter(pl.col("parameter") == "gamma")["value"][0] for frame in (revenue, margin))
    assert new == pytest.approx(old / 4, rel=0.02)


def test_means_of_a_category_are_those_of_its_customers(whole):
    people, lines, risk = (whole[1][name] for name in ("customers", "by_category", "at_risk"))
    mean = people.group_by("month", "category").agg(
        pl.col("predicted_value", "lifetime_value").mean(),
        at_risk=pl.col("revenue_at_risk_90d").sum(),
        expected=pl.col("expected_revenue_90d").sum(),
    )
    both = lines.join(mean, on=["month", "category"], suffix="_mean").join(risk, on=["month", "category"])
    assert both.height == lines.height == risk.height
    for name, other in (
        ("predicted_value", "predicted_value_mean"),
        ("lifetime_value", "lifetime_value_mean"),
        ("revenue_at_risk_90d", "at_risk"),
        ("expected_revenue_90d", "expected"),
    ):
        assert both[name].to_numpy() == pytest.approx(both[other].to_numpy(), rel=1e-9, abs=1e-9)
    inside = both.filter(pl.col("lifetime_value_low").is_not_null())
    assert (inside["lifetime_value"] >= inside["lifetime_value_low"]).all()
    assert (inside["lifetime_value"] <= inside["lifetime_value_high"]).all()


def test_hold_outs_count_actual_purchases(whole):
    (orders, _), result = whole
    rows = result["model_backtest"]
    one = rows.filter(pl.col("month") == date(2024, 2, 1), pl.col("hold_out_months") == 6)
    assert set(one["fitted_to"]) == {date(2023, 8, 31)}
    customers, purchases = set(), set()
    for record in orders:
        back = record["refunded_at"]
        gone = back is not None and record["refunded"] == record["gross"]
        day, then = record["order_date"], date(2023, 9, 1)
        if record["is_cancelled"] or day >= date(2024, 3, 1):
            continue
        if day < then and not (gone and max(back.astimezone(ZoneInfo(ZONE)).date(), day) < then):
            customers.add(record["customer_id"])
        if day >= then and not (gone and max(back.astimezone(ZoneInfo(ZONE)).date(), day) < date(2024, 3, 1)):
            purchases.add((record["customer_id"], day))
    total = one.filter(pl.col("decile") == 0)
    assert total["customers"].to_list() == [len(customers)]
    assert total["actual_orders"].to_list() == [len([who for who, _ in purchases if who in customers])]
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
    # A category without customers by now has no row for its past.
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
    # No calibration before the first hold-out.
    first = risk.filter(pl.col("backtest_expected").is_null().all().over("month"))
    assert first["calibrated_revenue_90d"].is_null().all()


def silent_by_hand(orders, known, start):
    """Whether each customer known at the end of a month orders nothing in the 365 days from `start`, a date."""
    bought = set()
    for record in orders:
        back = record["refunded_at"]
        in_full = back is not None and record["refunded"] == record["gross"]
        day = record["order_date"]
        gone = in_full and max(back.astimezone(ZoneInfo(ZONE)).date(), day) < date(start.year + 1, start.month, 1)
        if not record["is_cancelled"] and not gone and 0 <= (day - start).days < 365:
            bought.add(record["customer_id"])
    return ~known.is_in(list(bought))


def test_the_churn_of_a_year_ago_is_that_of_its_forecast(whole):
    (orders, _), result = whole
    risk, people = result["at_risk"], result["customers"]
    then = people.filter(pl.col("month") == date(2023, 2, 1))
    then = then.with_columns(silent=silent_by_hand(orders, then["customer_id"], date(2023, 3, 1)))
    shares = dict(then.group_by("category").agg(pl.col("silent").mean()).rows())
    months = [risk.filter(pl.col("month") == date(2024, number, 1)) for number in (2, 3)]
    february = months[0].filter(pl.col("churn_actual_before").is_not_null())
    assert february["category"].to_list() == ["promoter", "passive", "detractor", "unsurveyed"]
    assert february["churn_actual_before"].to_list() == pytest.approx([shares[name] for name in february["category"]])
    said = risk.filter(pl.col("month") == date(2023, 2, 1))["churn_probability"]
    assert february["churn_expected_before"].to_list() == said.to_list()
    # The open month has the figures of the last closed one.
    columns = ["category", "churn_expected_before", "churn_actual_before"]
    assert_frame_equal(months[1].select(columns), months[0].select(columns))
    # No year has passed.
    early = risk.filter(pl.col("month") < date(2023, 6, 1))
    assert early["churn_actual_before"].null_count() == early.height
