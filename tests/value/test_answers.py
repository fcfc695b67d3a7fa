"""Tables by answer: plain implementations agree, nothing leaks back, spans do not matter, published figures hold."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from value import brute, brute_answers
from value.shop import ZONE, answer, ddl, order, referral, shop, span
from value.test_value_properties import shops

from pipelines.periods import Span, Window, next_month
from pipelines.settings import Settings
from pipelines.statistics.adjusted_difference import UNKNOWN
from pipelines.value.after_answer import after_answer
from pipelines.value.biggest_customers import biggest_customers
from pipelines.value.comparable_customers import differences
from pipelines.value.growth import growth
from pipelines.value.promoter_value import promoter_value
from pipelines.value.repurchase import HORIZONS, repurchase
from pipelines.value.revenue import revenue
from pipelines.value.word_of_mouth import scenario, word_of_mouth
from pipelines.warehouse.tables import table_schema

SPAN = span("2024-01", "2025-05", "2025-03-10 17:30")
ALL = Settings(confidence=0.9, recommended_share=0.3, warning_weight=0.25)


def tables(orders, answers, referrals, months=SPAN):
    o, a, r = shop(orders, answers, referrals)
    whole, pair = (o, a, r), (o, a)
    given_all = {"span": months, "settings": ALL}
    return {
        "after_answer": after_answer(*whole, **given_all),
        "repurchase": repurchase(*pair, **given_all),
        "revenue": revenue(*whole, **given_all),
        "biggest_customers": biggest_customers(*whole, **given_all),
        "growth": growth(*pair, **given_all),
        "word_of_mouth": word_of_mouth(*pair, **given_all),
        "promoter_value": promoter_value(*whole, **given_all),
    }


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(shops())
def test_after_answer_agrees_with_the_plain_one(records):
    whole = after_answer(*shop(*records), span=SPAN, settings=ALL)
    is_told = pl.col("revenue_reason").is_null()
    assert whole.filter(is_told != pl.col("revenue_low").is_not_null()).is_empty()
    mean = pl.col("revenue_12m").cast(pl.Float64)
    told = whole.filter(is_told)
    assert told.filter(pl.col("revenue_low") > mean + 0.005).is_empty()
    assert told.filter(pl.col("revenue_high") < mean - 0.005).is_empty()
    result = whole.drop("revenue_low", "revenue_high", "revenue_reason")
    expected = brute_answers.after_answer(*records, SPAN)
    schema = table_schema("value.after_answer", result.columns)
    assert_frame_equal(result, pl.DataFrame(expected, schema=schema), rel_tol=1e-12)


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(shops())
def test_repurchase_agrees_with_the_plain_one(records):
    orders, answers, _ = records
    result = repurchase(*shop(orders, answers)[:2], span=SPAN, settings=ALL)
    expected = {
        (*group, horizon): (len(pairs), *brute_answers.repurchase_rate(pairs, horizon))
        for group, pairs in brute_answers.durations(orders, answers, SPAN).items()
        for horizon in HORIZONS
    }
    rows_by_group = {row[:4]: row[4:7] for row in result.rows()}
    assert rows_by_group.keys() == expected.keys()
    for key, (responses, at_risk, rate) in rows_by_group.items():
        size, expected_rate, expected_at_risk = expected[key]
        assert (responses, at_risk) == (size, expected_at_risk)
        assert rate == (pytest.approx(float(expected_rate), abs=1e-12) if at_risk >= 10 else None)


@pytest.mark.slow
@settings(max_examples=6, deadline=None)
@given(shops(fewest=6), st.integers(0, 14), st.randoms(use_true_random=False))
def test_later_records_do_not_touch_earlier_months(records, number, random):
    orders, answers, referrals = records
    last, end = brute.month_list(SPAN)[number]
    midnight = datetime(end.year, end.month, end.day, tzinfo=ZoneInfo(ZONE))
    orders_then = []
    for record in orders:
        later_refund = record["refunded_at"] is not None and record["refunded_at"] >= midnight
        if record["ordered_at"] < midnight and later_refund and not record["is_cancelled"]:
            gross = record["gross"]
            not_yet = {"refunded": None, "refunded_at": None, "net": gross, "counts": gross is not None and gross >= 0}
            orders_then.append({**record, **not_yet})
        elif record["ordered_at"] < midnight:
            orders_then.append(record)
    before = (
        orders_then,
        [record for record in answers if record["responded_at"] < midnight],
        [record for record in referrals if record["referred_at"] < midnight],
    )
    for rows in before:
        random.shuffle(rows)
    # Months before the end have the same rows whether or not later ones are computed.
    then = tables(*before, months=Span(Window(SPAN.months.start, next_month(last)), SPAN.clock))
    for name, rows in tables(*records).items():
        assert_frame_equal(rows.filter(pl.col("month") <= last), then[name], rel_tol=1e-9)


@pytest.mark.slow
@settings(max_examples=5, deadline=None)
@given(shops(fewest=6), st.sets(st.integers(1, 14), min_size=1, max_size=2))
def test_a_span_equals_its_parts(records, cuts):
    starts = [month for month, _ in brute.month_list(SPAN)]
    edges = [*(starts[number] for number in (0, *sorted(cuts))), SPAN.months.end]
    parts = [tables(*records, months=Span(Window(*ends), SPAN.clock)) for ends in pairwise(edges)]
    for name, whole in tables(*records).items():
        joined = pl.concat([part[name] for part in parts])
        assert_frame_equal(whole, joined, rel_tol=1e-9)


@pytest.mark.parametrize("records", [((), (), ()), ((), [answer("a", "ann", "2023-02-02 12:00", 9)], ())])
def test_without_orders_the_tables_are_typed(records):
    for name, rows in tables(*records).items():
        assert list(rows.schema.items()) == list(ddl("value", name).items())
        assert rows.height == 0 or name in {"after_answer", "repurchase"}


def test_rows_have_the_columns_and_types_of_the_ddl():
    orders = [
        order(f"o{person}{year}", f"c{person}", f"{year}-03-0{person + 1} 12:00", "10.00")
        for person in range(4)
        for year in (2022, 2023, 2024, 2025)
    ]
    answers = [
        answer(f"a{person}", f"c{person}", "2023-06-01 12:00", score) for person, score in enumerate((10, 8, 3, 0))
    ]
    for name, rows in tables(orders, answers, [referral("r", "c0", "c1", "2023-06-02 12:00", reward="1.00")]).items():
        assert rows.height
        assert list(rows.schema.items()) == list(ddl("value", name).items()), name


def test_the_order_an_answer_is_about_is_not_a_purchase_after_it():
    about = {**answer("a", "ann", "2023-01-05 12:00", 9), "order_id": "o2"}
    orders = [
        order("o1", "ann", "2023-01-02 12:00", "10.00"),
        order("o2", "ann", "2023-01-06 12:00", "20.00"),
        order("o3", "ann", "2023-03-01 12:00", "5.00"),
    ]
    [row] = (
        after_answer(*shop(orders, [about]), span=span("2024-06", "2024-06", "2024-08-01 12:00"), settings=ALL)
        .filter(pl.col("score").is_null())
        .rows(named=True)
    )
    assert (str(row["revenue_12m"]), row["orders_12m"]) == ("5.00", 1.0)


def test_scenario_of_the_worked_example():
    """An exercise by Satmetrix, with a quarter, one and four recommendations cancelled by a warning."""
    rows = pl.DataFrame(
        {
            "month": [date(2024, 1, 1)] * 3,
            "category": ["detractor", "promoter", "passive"],
            "customers": [200, 500, 300],
            "own_value": [150.0, 300.0, 220.0],
            "new_customers": [1000] * 3,
            "value_of_new_customer": [180.0] * 3,
        }
    )

    def scenario_at(weight):
        return scenario(rows, share=0.3, recommendations=(4.0, 1.0, 0.2), warnings=(0.1, 0.3, 3.0), weight=weight)

    quarter = scenario_at(0.25)
    assert quarter["category"].to_list() == ["promoter", "passive", "detractor"]
    assert quarter["conversion"][0] == pytest.approx(0.1282051, abs=1e-7)
    assert quarter["recommendation_value"].to_list() == pytest.approx([92.3077, 23.0769, 4.6154], abs=1e-4)
    assert quarter["warning_cost"].to_list() == pytest.approx([0.5769, 1.7308, 17.3077], abs=1e-4)
    assert quarter["total_value"].to_list() == pytest.approx([391.7308, 241.3462, 137.3077], abs=1e-4)
    assert 50 * quarter["worth_of_turning_into_promoter"][2] == pytest.approx(12_721.15, abs=0.01)
    assert scenario_at(1.0)["total_value"].to_list() == pytest.approx([390.0, 236.15, 85.38], abs=0.005)
    assert scenario_at(4.0)["total_value"].to_list() == pytest.approx([383.08, 215.38, -122.31], abs=0.005)
    assert word_of_mouth(*shop()[:2], span=SPAN, settings=Settings()).height == 0


def test_earned_growth_of_the_worked_example():
    """Reichheld et al.: 1,000,000; 850,000 retained; 400,000 new, 220,000 of it referred: 7 % earned, 18 % bought."""
    orders = [
        order("o0", "ann", "2022-01-01 17:00", "0.00"),
        order("o1", "ann", "2022-06-01 12:00", "1000000.00"),
        order("o2", "ann", "2023-06-01 12:00", "850000.00"),
        order("o3", "fay", "2023-07-01 12:00", "220000.00"),
        order("o4", "gus", "2023-08-01 12:00", "180000.00"),
        order("o5", None, "2023-09-01 12:00", "1000.00"),
    ]
    answers = [answer("a", "ann", "2023-06-02 12:00", 10), answer("b", "gus", "2023-09-02 12:00", 3)]
    sent = [referral("r", "ann", "fay", "2023-06-15 12:00")]
    [row] = revenue(
        *shop(orders, answers, sent), span=span("2023-12", "2023-12", "2024-02-01 12:00"), settings=Settings()
    ).rows(named=True)
    assert row["net_revenue_retention"] == pytest.approx(0.85)
    assert row["earned_new_customers"] == pytest.approx(0.22)
    assert row["earned_growth_rate"] == pytest.approx(0.07)
    assert row["bought_growth_rate"] == pytest.approx(0.18)
    assert str(row["revenue"]) == "1251000.00"
    assert str(row["revenue_without_customer"]) == "1000.00"
    assert row["share_of_revenue_surveyed"] == pytest.approx(1_030_000 / 1_251_000)
    assert row["nps_of_customers"] == 0.0
    assert row["revenue_weighted_nps"] == pytest.approx(100 * (850 - 180) / 1030)
    # Three pseudo-customers of the weight sum(w^2) / sum(w).
    each = (850**2 + 180**2) / 1030
    total, centre = 1030 + 3 * each, (850 - 180) / (1030 + 3 * each)
    spread = (850 * (1 - centre)) ** 2 + (180 * (1 + centre)) ** 2 + each**2 * (1.5 + 3 * centre**2)
    half = 1.959963984540054 * spread**0.5 / total
    assert row["revenue_weighted_low"] == pytest.approx(100 * (centre - half))
    assert row["revenue_weighted_high"] == pytest.approx(100 * (centre + half))
    assert not row["is_reliable"]


@pytest.mark.parametrize(("customers", "score"), [(1, 10), (1, 0), (3, 10)])
def test_customers_who_all_said_the_same_have_an_interval_that_holds_their_score(customers, score):
    orders = [order(f"o{n}", f"c{n}", "2023-05-02 12:00", f"{100 * n + 1}.00") for n in range(customers)]
    answers = [answer(f"a{n}", f"c{n}", "2023-05-03 12:00", score) for n in range(customers)]
    [row] = revenue(
        *shop(orders, answers), span=span("2023-06", "2023-06", "2023-08-01 12:00"), settings=Settings()
    ).rows(named=True)
    assert row["revenue_weighted_low"] <= row["revenue_weighted_nps"] <= row["revenue_weighted_high"]
    assert row["revenue_weighted_high"] - row["revenue_weighted_low"] > 50
    assert abs(row["revenue_weighted_nps"]) == 100


def test_the_biggest_customers():
    orders = [order(f"o{n}", f"c{n:03}", "2023-05-02 12:00", f"{1000 - n}.00") for n in range(150)]
    answers = [answer(f"a{n}", f"c{n:03}", "2023-05-03 12:00", [10, 8, 2][n % 3]) for n in range(0, 150, 2)]
    rows = biggest_customers(
        *shop(orders, answers), span=span("2023-06", "2023-06", "2023-08-01 12:00"), settings=Settings()
    )
    assert rows["tier"].to_list() == ["top_100", "top_decile", "all"]
    assert rows["customers"].to_list() == [100, 15, 150]
    assert rows["surveyed"].to_list() == [50, 8, 75]
    assert rows["is_reliable"].to_list() == [True, False, True]
    # Among the even numbers below 15, promoters are 0, 6, 12, passives 4, 10, detractors 2, 8, 14.
    decile = rows.row(1, named=True)
    assert [decile[name] for name in ("promoters", "passives", "detractors", "nps")] == [3, 2, 3, 0.0]
    assert decile["share_of_revenue"] == pytest.approx(sum(range(986, 1001)) / sum(range(851, 1001)))


def test_growth_finds_the_slope_that_was_planted():
    """Year-on-year growth rises by 1 % for every 3.5 points of the month before: 2 % for 7 points."""
    months = [date(2021 + n // 12, n % 12 + 1, 1) for n in range(40)]
    promoters = [5 + (n * 7) % 11 for n in range(40)]
    answers, orders = [], []
    earned = {}
    for n, month in enumerate(months):
        for number in range(20):
            score = 10 if number < promoters[n] else 3
            answers.append(answer(f"a{n}-{number}", None, f"{month:%Y-%m}-05 12:00", score))
        score_before = 10 * promoters[n - 1] - 100 if n else 0
        amount = 1000 if n < 12 else earned[n - 12] * (1 + 0.01 * score_before / 3.5)
        earned[n] = amount
        orders.append(order(f"o{n}", None, f"{month:%Y-%m}-10 12:00", f"{amount:.2f}"))
    rows = growth(*shop(orders, answers)[:2], span=span("2021-01", "2024-04", "2024-06-01 12:00"), settings=Settings())
    assert rows["month"].to_list() == months[1:]
    last = rows.row(-1, named=True)
    # The shop's first January may be incomplete, so that of 2022 is not compared with it.
    assert last["observations"] == 27
    assert last["nps"] == 10 * promoters[38] - 100
    assert last["elasticity_per_7_points"] == pytest.approx(0.02, rel=1e-3)
    assert last["elasticity_low"] <= last["elasticity_per_7_points"] <= last["elasticity_high"]
    assert (
        rows.filter(pl.col("observations") < 8)["elasticity_per_7_points"].null_count()
        == rows.filter(pl.col("observations") < 8).height
    )
    assert rows["revenue_growth_next"].null_count() == 12


def planted(seed, effect=30.0, size=4000):
    """Heavy buyers give better answers and keep buying more; promoters spend `effect` more on top of that."""
    random = np.random.default_rng(seed)
    heavy = random.normal(size=size)
    country = random.integers(0, 3, size)
    latent = 0.9 * heavy + 0.5 * (country == 1) + random.normal(size=size)
    category = np.where(latent > 0.3, "promoter", np.where(latent > -0.6, "passive", "detractor"))
    before = random.poisson(np.exp(1.0 + 0.5 * heavy))
    spent = 20 * before * random.lognormal(-0.125, 0.5, size)
    mean = 25 * np.exp(0.5 * heavy) + 15 * (country == 1) + effect * (category == "promoter") + 10
    amount = mean * random.lognormal(-0.125, 0.5, size)
    return pl.DataFrame(
        {
            "category": category,
            "country": np.array(["BE", "DE", "FR"])[country],
            "product_category": ["Lamps"] * size,
            "tenure_days": random.integers(1, 900, size),
            "orders_before": before,
            "cents_before": np.round(100 * spent).astype(np.int64),
            "amount": amount,
        }
    )


def test_the_adjusted_difference_is_nearer_to_the_planted_effect_than_the_raw_one():
    nearer, held = 0, 0
    for seed in range(20):
        rows = planted(seed)
        raw = differences(rows, "amount", confidence=0.95, adjust=False)["promoter"]
        fair = differences(rows, "amount", confidence=0.95, adjust=True)["promoter"]
        nearer += abs(fair.difference - 30) < abs(raw.difference - 30)
        held += raw.low <= 30 <= raw.high
    assert nearer == 20
    assert held == 0


def test_the_raw_difference_is_that_of_the_means():
    rows = planted(1, size=300)
    means = dict(rows.group_by("category").agg(pl.col("amount").mean()).rows())
    measured = differences(rows, "amount", confidence=0.95, adjust=False)
    for category in ("promoter", "passive"):
        assert measured[category].difference == pytest.approx(means[category] - means["detractor"])


def test_the_adjusted_interval_holds_what_it_says():
    """Only the covariates confound here, so the adjusted interval must cover the effect as often as it claims."""
    held = 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        size = 150
        spent = random.integers(0, 9, size)
        category = np.where(random.random(size) < 0.2 + 0.07 * spent, "promoter", "detractor")
        amount = 12 + 20 * np.log1p(spent) + 8 * (category == "promoter")
        amount = amount + random.exponential(1 + spent, size) - 1 - spent
        rows = pl.DataFrame(
            {
                "category": category,
                "country": ["BE"] * size,
                "product_category": [None] * size,
                "tenure_days": [10] * size,
                "orders_before": spent,
                "cents_before": [0] * size,
                "amount": amount,
            },
            schema_overrides={"product_category": pl.String},
        )
        adjusted = differences(rows, "amount", confidence=0.9, adjust=True)["promoter"]
        held += adjusted.low <= 8 <= adjusted.high
    assert 81 <= held <= 98


def test_too_few_customers_are_not_compared():
    rows = planted(3, size=60)
    few = pl.concat(
        [rows.filter(pl.col("category") == "promoter").head(9), rows.filter(pl.col("category") == "detractor")]
    )
    assert set(differences(few, "amount", confidence=0.95, adjust=False).values()) == {UNKNOWN}
