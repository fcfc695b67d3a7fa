"""A shop small enough to work out every figure by hand: whole tables, row by row."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from value.shop import answer, at, order, referral, shop, span

from pipelines.settings import Settings
from pipelines.statistics.skewed_mean import skewed_mean_interval
from pipelines.value.by_category import by_category
from pipelines.value.customers import customers
from pipelines.value.promoter_value import promoter_value
from pipelines.warehouse.tables import table_schema

ORDERS = [
    # 22:00 on 31 January in New York: January's, though February in UTC. 30.00 come back in March.
    order("o1", "ann", "2024-02-01 03:00", "100.00", refunded="30.00", refunded_at="2024-03-05 12:00"),
    # Counts until it is refunded in full on 20 February.
    order("o2", "bob", "2024-01-10 15:00", "50.00", refunded="50.00", refunded_at="2024-02-20 12:00"),
    # Free orders count.
    order("o3", "bob", "2024-03-03 15:00", "0.00"),
    # Cancelled: neither counts nor has money.
    order("o4", "cid", "2024-01-05 15:00", "20.00", cancelled=True),
    # Its refund is dated today but after the clock, so it has not happened.
    order("o5", "cid", "2024-02-01 15:00", "80.00", refunded="80.00", refunded_at="2024-04-15 18:00"),
    # Without an exchange rate it has no money and does not count.
    order("o6", "dee", "2024-01-05 15:00", None),
    order("o7", "dee", "2024-04-10 15:00", "40.01"),
    # A refund without a date counts on the order's day.
    order("o8", "eve", "2024-03-01 15:00", "25.00", refunded="5.00"),
    # An order without a customer is in no customer's value.
    order("o9", None, "2024-01-05 15:00", "999.00"),
]
RESPONSES = [
    # Answered before his first purchase: a passive from his first month as a customer.
    answer("a1", "cid", "2024-01-20 12:00", 8),
    answer("a2", "ann", "2024-02-10 12:00", 9),
    # 22:00 on 31 March in New York is still March; a3 and a4 share an instant, so the greater id decides.
    answer("a4", "ann", "2024-04-01 02:00", 9),
    answer("a3", "ann", "2024-04-01 02:00", 7),
    answer("a5", "ann", "2024-04-02 12:00", 5),
    # Answers of people who never bought, and an anonymous one.
    answer("a6", "zoe", "2024-02-02 12:00", 0),
    answer("a7", None, "2024-02-02 12:00", 0),
]
REFERRALS = [
    # A day after Ann's nine: promoters get the credit, from the month of Eve's first purchase.
    referral("r1", "ann", "eve", "2024-02-11 12:00", reward="10.00"),
    # After Cid's eight, before he was a customer: passives get the credit. Dee first buys in April.
    referral("r2", "cid", "dee", "2024-01-25 12:00"),
    # Bob never answered.
    referral("r3", "bob", "cid", "2024-01-15 12:00", reward="5.00"),
    # Another advocate is credited; no advocate; no friend; the friend never bought.
    referral("r4", "eve", "cid", "2024-01-16 12:00", reward="5.00", credited=False),
    referral("r5", None, "ann", "2024-01-16 12:00", reward="5.00"),
    referral("r6", "ann", None, "2024-02-12 12:00", reward="5.00"),
    referral("r7", "ann", "zoe", "2024-02-12 12:00", reward="5.00"),
]
JAN, FEB, MAR, APR = (date(2024, month, 1) for month in (1, 2, 3, 4))
# Noon UTC of 15 April; May and June have not begun.
SPAN = span("2024-01", "2024-06", "2024-04-15 12:00")
EXPECTED = (
    *("probability_alive", "expected_orders", "expected_order_value", "predicted_value", "lifetime_value"),
    *("lifetime_value_low", "lifetime_value_high", "lifetime_value_reason"),
    *("expected_revenue_90d", "revenue_at_risk_90d", "revenue_at_risk_180d", "calibrated_at_risk_90d"),
    *("order_probability_30d", "order_probability_90d", "order_probability_365d", "next_order_days"),
    *("orders_p10", "orders_p50", "orders_p90", "value_p10", "value_p50", "value_p90"),
)


def money(*amounts):
    return [None if amount is None else Decimal(amount) for amount in amounts]


def table(name, **columns):
    """The expected rows of value.<name>: the columns given, the others null."""
    schema = table_schema(f"value.{name}")
    rest = dict.fromkeys(schema.names() - columns.keys(), [None] * len(columns["month"]))
    return pl.DataFrame({**columns, **rest}, schema_overrides=schema).select(schema.names())


def without_forecasts(frame):
    """Without the expected value, which has tests of its own."""
    return frame.with_columns(pl.lit(None, dtype=frame.schema[name]).alias(name) for name in EXPECTED if name in frame)


def ends(*amounts, can_be_negative=False):
    """The 95 % interval of the mean amount."""
    return skewed_mean_interval(np.array(amounts, dtype=float), confidence=0.95, can_be_negative=can_be_negative)[:2]


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland"])
def test_customers(zone):
    orders, responses, _ = shop(ORDERS, RESPONSES, zone=zone)
    result = without_forecasts(customers(orders, responses, span=SPAN, settings=Settings(customer_months=0)))
    ann, bob, bob_free, cid, dee, eve = (
        at(f"2024-{when}")
        for when in ("02-01 03:00", "01-10 15:00", "03-03 15:00", "02-01 15:00", "04-10 15:00", "03-01 15:00")
    )
    expected = table(
        "customers",
        month=[JAN] * 2 + [FEB] * 2 + [MAR] * 4 + [APR] * 5,
        customer_id=["ann", "bob", "ann", "cid", "ann", "bob", "cid", "eve", "ann", "bob", "cid", "dee", "eve"],
        category=["unsurveyed"] * 2
        + ["promoter", "passive"]
        + ["promoter", "unsurveyed", "passive", "unsurveyed"]
        + ["detractor", "unsurveyed", "passive", "unsurveyed", "unsurveyed"],
        orders=[1] * 13,
        revenue=money("100", "50", "100", "80", "70", "0", "80", "20", "70", "0", "80", "40.01", "20"),
        average_order_value=money("100", "50", "100", "80", "70", "0", "80", "20", "70", "0", "80", "40.01", "20"),
        first_order_at=[ann, bob, ann, cid, ann, bob_free, cid, eve, ann, bob_free, cid, dee, eve],
        last_order_at=[ann, bob, ann, cid, ann, bob_free, cid, eve, ann, bob_free, cid, dee, eve],
        # To the last day covered: 31 January, 29 February, 31 March, and today, 15 April.
        recency_days=[0, 21, 29, 28, 60, 28, 59, 30, 75, 43, 74, 5, 45],
        tenure_days=[0, 21, 29, 28, 60, 28, 59, 30, 75, 43, 74, 5, 45],
        historic_value=money("100", "50", "100", "80", "70", "0", "80", "20", "70", "0", "80", "40.01", "20"),
    )
    assert_frame_equal(result, expected)


@pytest.mark.parametrize(("kept", "months"), [(1, [APR]), (2, [MAR, APR]), (99999, [JAN, FEB, MAR, APR])])
def test_customers_keeps_the_newest_months_of_the_clock(kept, months):
    orders, responses, _ = shop(ORDERS, RESPONSES)
    result = customers(orders, responses, span=SPAN, settings=Settings(customer_months=kept))
    assert result["month"].unique().sort().to_list() == months


def test_customers_of_an_old_span_have_no_rows():
    orders, responses, _ = shop(ORDERS, RESPONSES)
    old = span("2024-01", "2024-02", "2024-04-15 12:00")
    assert customers(orders, responses, span=old, settings=Settings()).height == 0


def test_by_category():
    orders, responses, _ = shop(ORDERS, RESPONSES)
    result = without_forecasts(by_category(orders, responses, span=SPAN, settings=Settings()))
    january, march, april = (ends(*amounts) for amounts in ((100, 50), (0, 20), (0, 40.01, 20)))
    few = "fewer than two customers"
    expected = table(
        "by_category",
        month=[JAN, FEB, FEB, MAR, MAR, MAR, APR, APR, APR],
        category=[
            "unsurveyed",
            *("promoter", "passive"),
            *("promoter", "passive", "unsurveyed"),
            *("passive", "detractor", "unsurveyed"),
        ],
        customers=[2, 1, 1, 1, 1, 2, 1, 1, 3],
        responses=[0, 1, 1, 3, 1, 0, 1, 4, 0],
        orders_per_customer=[1.0] * 9,
        # April's unsurveyed brought 60.01, a third of which is 20.00 to the cent.
        average_order_value=money("75", "100", "80", "70", "80", "10", "80", "70", "20"),
        historic_value=money("75", "100", "80", "70", "80", "10", "80", "70", "20"),
        historic_value_low=[january[0], None, None, None, None, march[0], None, None, april[0]],
        historic_value_high=[january[1], None, None, None, None, march[1], None, None, april[1]],
        historic_value_reason=[None, few, few, few, few, None, few, few, None],
        share_of_customers=[1, 1 / 2, 1 / 2, 1 / 4, 1 / 4, 1 / 2, 1 / 5, 1 / 5, 3 / 5],
        share_of_revenue=[
            1,
            *(100 / 180, 80 / 180),
            *(70 / 170, 80 / 170, 20 / 170),
            *(80 / 210.01, 70 / 210.01, 60.01 / 210.01),
        ],
    )
    assert_frame_equal(result, expected, rel_tol=1e-12)


def test_promoter_value():
    result = promoter_value(*shop(ORDERS, RESPONSES, REFERRALS), span=SPAN, settings=Settings())
    # Bob's 80.00 less 5.00 by Cid are Bob's own amount: he is still unsurveyed. Rewards may make amounts negative.
    january, march, april, in_march, in_april = (
        ends(*amounts, can_be_negative=True) for amounts in ((100, 50), (75, 20), (75, 40.01, 20), (75, 0), (75, 0, 0))
    )
    few, unseen = "fewer than two customers", "no referral seen"
    expected = table(
        "promoter_value",
        month=[JAN, FEB, FEB, FEB, MAR, MAR, MAR, APR, APR, APR, APR],
        # In February nobody is unsurveyed, so Bob's referral has no category; in April there is no promoter for Ann's.
        category=[
            "unsurveyed",
            *("promoter", "passive", "no_longer_credited"),
            *("promoter", "passive", "unsurveyed"),
            *("passive", "detractor", "unsurveyed", "no_longer_credited"),
        ],
        customers=[2, 1, 1, 1, 1, 1, 2, 1, 1, 3, 1],
        own_value=money("75", "100", "80", "0", "70", "80", "10", "80", "70", "20", "0"),
        referred_customers=[0, 0, 0, 1, 1, 0, 1 / 2, 1, 0, 1 / 3, 1],
        referral_revenue=money("0", "0", "0", "80", "20", "0", "40", "40.01", "0", "26.67", "20"),
        first_referral_revenue=money("0", "0", "0", "80", "20", "0", "40", "40.01", "0", "26.67", "20"),
        repeat_referral_revenue=money(*["0"] * 11),
        reward_cost=money("0", "0", "0", "5", "10", "0", "2.50", "0", "0", "1.67", "10"),
        referral_value=money("0", "0", "0", "75", "10", "0", "37.50", "40.01", "0", "25", "10"),
        referral_value_low=[None] * 6 + [in_march[0], None, None, in_april[0], None],
        referral_value_high=[None] * 6 + [in_march[1], None, None, in_april[1], None],
        referral_value_reason=[unseen, few, few, None, few, few, None, few, few, None, None],
        total_value=money("75", "100", "80", "75", "80", "80", "47.50", "120.01", "70", "45", "10"),
        total_value_low=[max(january[0], 0), *[None] * 5, march[0], None, None, april[0], None],
        total_value_high=[january[1], *[None] * 5, march[1], None, None, april[1], None],
        total_value_reason=[None, few, few, None, few, few, None, few, few, None, None],
        difference_to_passive=money(None, "20", "0", None, "0", "0", "-32.50", "0", "-50.01", "-75.01", None),
        difference_to_detractor=money(*[None] * 7, "50.01", "0", "-25", None),
    )
    assert_frame_equal(result, expected, rel_tol=1e-12)


def test_first_and_repeat_referral_revenue():
    """The first purchase on or after the day of the referral counts, also if refunded later or reported late."""
    orders = [
        order("a", "ann", "2024-01-05 12:00", "10.00"),
        # Fay bought before she was referred; her order of that day, hours before, is the first referred one.
        order("f0", "fay", "2024-01-02 12:00", "7.00"),
        order("f1", "fay", "2024-01-10 08:00", "20.00", refunded="20.00", refunded_at="2024-02-10 12:00"),
        order("f2", "fay", "2024-01-20 12:00", "30.00"),
        order("f3", "fay", "2024-03-05 12:00", "40.00", refunded="15.00"),
        # Gus was marked as referred after his only orders.
        order("g1", "gus", "2024-01-03 12:00", "5.00"),
        order("g2", "gus", "2024-01-04 12:00", "6.00"),
    ]
    made = [referral("r1", "ann", "fay", "2024-01-10 20:00"), referral("r2", "ann", "gus", "2024-01-31 12:00")]
    result = promoter_value(
        *shop(orders, [answer("a1", "ann", "2024-01-06 12:00", 10)], made), span=SPAN, settings=Settings()
    )
    rows = result.filter(pl.col("category") == "promoter").select(
        "month", "referral_revenue", "first_referral_revenue", "repeat_referral_revenue"
    )
    assert rows.rows() == [
        (JAN, Decimal("68.00"), Decimal("25.00"), Decimal("43.00")),
        (FEB, Decimal("48.00"), Decimal("35.00"), Decimal("13.00")),
        (MAR, Decimal("73.00"), Decimal("35.00"), Decimal("38.00")),
        (APR, Decimal("73.00"), Decimal("35.00"), Decimal("38.00")),
    ]


@pytest.mark.parametrize(
    ("referred_at", "category"),
    [
        ("2023-01-31 23:59", "unsurveyed"),  # before the first answer
        ("2023-02-01 00:00", "promoter"),  # at the instant of the answer
        ("2023-03-01 00:00", "passive"),  # the last answer before it, not the latest of all
        ("2024-02-29 00:00", "passive"),  # 365 days after that answer: 2023 to 2024 before the leap day has passed
        ("2024-02-29 00:01", "no_longer_credited"),  # the answer is too old
    ],
)
def test_credit_goes_to_the_last_answer_of_the_365_days_before(referred_at, category):
    people = [order(f"o{name}", name, "2023-01-02 12:00", "10.00") for name in ("ann", "pro", "pas", "det", "uns")]
    answers = [
        answer("b1", "ann", "2023-02-01 00:00", 10),
        answer("b2", "ann", "2023-03-01 00:00", 7),
        answer("b3", "ann", "2024-03-10 00:00", 0),
        *(answer(f"c{score}", name, "2023-01-03 12:00", score) for name, score in (("pro", 9), ("pas", 8), ("det", 1))),
    ]
    friend = order("of", "fay", "2024-03-02 12:00", "60.00")
    result = promoter_value(
        *shop([*people, friend], answers, [referral("r", "ann", "fay", referred_at)]),
        span=span("2024-03", "2024-03", "2024-04-15 12:00"),
        settings=Settings(),
    )
    assert result.filter(pl.col("referred_customers") > 0)["category"].to_list() == [category]


def test_an_advocate_who_changed_category_widens_the_interval_without_being_counted():
    people = [order("o1", "ann", "2023-01-02 12:00", "10.00")]
    people += [order(f"p{number}", f"p{number}", "2023-01-02 12:00", amount) for number, amount in enumerate((20, 40))]
    answers = [answer("b1", "ann", "2023-01-03 12:00", 10), answer("b2", "ann", "2023-03-03 12:00", 0)]
    answers += [answer(f"c{number}", f"p{number}", "2023-01-03 12:00", 9) for number in range(2)]
    friend = order("of", "fay", "2023-02-20 12:00", "60.00")
    result = promoter_value(
        *shop([*people, friend], answers, [referral("r", "ann", "fay", "2023-02-02 12:00", reward="6.00")]),
        span=span("2023-02", "2023-03", "2024-04-15 12:00"),
        settings=Settings(),
    ).filter(pl.col("category") == "promoter")
    february, march, before, referred = (
        ends(*amounts, can_be_negative=True)
        for amounts in ((10 + 60 - 6, 20, 40), (20 - 57, 40 - 57, 54), (54, 0, 0), (-27, -27, 54))
    )
    assert result["total_value"].to_list() == money("41.33", "57.00")
    assert result["total_value_low"].to_list() == pytest.approx([february[0], 57 + 1.5 * march[0]])
    assert result["total_value_high"].to_list() == pytest.approx([february[1], 57 + 1.5 * march[1]])
    assert result["referral_value_low"].to_list() == pytest.approx([before[0], 27 + 1.5 * referred[0]])
    assert result["referral_value_high"].to_list() == pytest.approx([before[1], 27 + 1.5 * referred[1]])


def test_confidence_widens_the_interval():
    orders, responses, _ = shop(ORDERS, RESPONSES)
    january = span("2024-01", "2024-01", "2024-04-15 12:00")
    low = by_category(orders, responses, span=january, settings=Settings(confidence=0.5))["historic_value_low"][0]
    # Two amounts have no skewness, and Student's quantile of one degree of freedom is 1.
    assert low == pytest.approx(75 - 25)
