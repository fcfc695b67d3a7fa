"""nps.coverage: the funnel against plain loops, the silent, and orders without a customer."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import polars as pl
import pytest
from value.shop import answer, at, day, frame, order, span

from pipelines.nps.coverage import coverage
from pipelines.settings import Settings

NAMES = ("country", "product_category", "brand", "account_type", "channel", "order_value_band",
         "purchase_count_band", "lifecycle", "cohort_year", "discounted")  # fmt: skip
ATTRIBUTES = pl.Schema(
    {"customer_id": pl.String, "attributes": pl.List(pl.Struct({"key": pl.String, "value": pl.String}))}
)


def placed(order_id, customer, when, account="guest", **values):
    """An order and its segments."""
    segments = {"order_id": order_id} | dict.fromkeys(NAMES, "unknown") | {"account_type": account}
    return order(order_id, customer, when, "10", **values), segments


def asked(name, customer, when, *, delivered=None):
    return {
        "invitation_id": name, "source": "canonical", "customer_id": customer, "invited_at": at(when),
        "invited_date": day(at(when)), "is_delivered": delivered, "is_declared": True,
    }  # fmt: skip


def compute(tmp_path, orders, invitations=(), answers=(), *, tiers=(), when=None, **values):
    customers = [(who, [{"key": "tier", "value": tier}]) for who, tier in tiers]
    return coverage(
        frame("orders", [row for row, _ in orders]),
        pl.LazyFrame([row for _, row in orders], schema=dict.fromkeys(("order_id", *NAMES), pl.String)),
        pl.LazyFrame(customers, schema=ATTRIBUTES, orient="row"),
        frame("invitations", list(invitations)),
        frame("responses", list(answers)),
        span=when or span("2025-03", "2025-03", "2025-06-01 00:00"),
        settings=Settings(home=tmp_path, timezone="America/New_York", **{"attributes": "country,tier"} | values),
    )


def segment(result, dimension, name, grain="quarter"):
    return result.row(
        by_predicate=(pl.col("grain") == grain) & (pl.col("dimension") == dimension) & (pl.col("segment") == name),
        named=True,
    )


def test_a_quarter_by_hand(tmp_path):
    result = compute(
        tmp_path,
        [
            placed("1", "ann", "2025-01-05 12:00"),
            placed("2", "ann", "2025-02-05 12:00", "registered"),
            placed("3", "bob", "2025-01-06 12:00"),
            placed("4", "cat", "2025-03-06 12:00"),
            placed("5", "cat", "2025-03-07 12:00", cancelled=True),
            placed("6", None, "2025-03-06 12:00", "unknown"),
            placed("7", "dan", "2024-12-06 12:00"),
        ],
        [
            asked("a", "ann", "2025-02-06 12:00"),
            asked("b", "bob", "2025-01-07 12:00", delivered=False),
            asked("c", "cat", "2025-04-07 12:00"),
            asked("d", "dan", "2025-01-02 12:00"),
        ],
        [
            answer("a", "ann", "2025-01-06 12:00", 0),
            answer("b", "ann", "2025-02-07 12:00", 10),
            answer("d", "dan", "2025-01-03 12:00", 3),
            answer("n", None, "2025-01-03 12:00", 3),
            answer("late", "bob", "2025-04-03 12:00", 3),
        ],
        tiers=[("ann", "gold")],
    )
    columns = ("orders", "orders_without_customer", "buyers", "invited", "delivered", "responded", "response_rate",
               "answers_of_others")  # fmt: skip

    def counts(dimension, name):
        row = segment(result, dimension, name)
        return tuple(row[column] for column in columns)

    assert counts("all", "all") == (5, 1, 3, 2, 1, 1, 1.0, 2)
    assert counts("account_type", "guest") == (3, 0, 2, 1, 0, 0, None, None)
    assert counts("account_type", "registered") == (1, 0, 1, 1, 1, 1, 1.0, None)
    # An order without a customer has no buyer, and is counted as such.
    assert counts("account_type", "unknown") == (1, 1, 0, 0, 0, 0, None, None)
    assert counts("tier", "gold") == (2, 0, 1, 1, 1, 1, 1.0, None)
    assert counts("tier", "unknown") == (3, 1, 2, 1, 0, 0, None, None)
    everybody = segment(result, "all", "all")
    assert (everybody["nps"], everybody["nps_if_silent_worst"], everybody["nps_if_silent_best"]) == (
        100,
        pytest.approx((100 + 2 * 80) / 3),
        100,
    )
    registered = segment(result, "account_type", "registered")
    assert (registered["share_of_buyers"], registered["share_of_responses"]) == (1 / 3, 1)
    assert registered["representation"] == pytest.approx(3)


@pytest.mark.parametrize("points", [0, 20, 200])
def test_silent_buyers_stay_within_the_scale(tmp_path, points):
    orders = [placed(str(n), f"c{n}", "2025-02-05 12:00") for n in range(4)]
    result = compute(tmp_path, orders, (), [answer("a", "c0", "2025-02-06 12:00", 0)], silent_points=points)
    row = segment(result, "all", "all")
    assert row["nps_if_silent_worst"] == -100
    assert row["nps_if_silent_best"] == pytest.approx((-100 + 3 * min(100, -100 + points)) / 4)


def test_a_fully_refunded_buyer_stops_counting_on_the_day_of_the_refund(tmp_path):
    back = {"refunded": "10"}
    orders = [
        placed("1", "ann", "2025-01-05 12:00"),
        placed("2", "ann", "2025-02-05 12:00", "registered", refunded_at="2025-04-02 12:00", **back),
        placed("3", "bob", "2025-02-05 12:00", **back),
        placed("4", "cat", "2025-02-05 12:00", refunded_at="2025-03-31 12:00", **back),
    ]
    when = span("2025-03", "2025-06", "2025-08-01 00:00")
    result = compute(tmp_path, orders, when=when)
    assert segment(result, "all", "all")["buyers"] == 1
    year = result.filter(
        pl.col("grain") == "trailing_365d", pl.col("dimension") == "account_type", pl.col("buyers") > 0
    )
    assert year.select("month", "segment", "buyers").rows() == [
        (date(2025, month, 1), kind, 1) for month, kind in ((3, "registered"), (4, "guest"), (5, "guest"), (6, "guest"))
    ]


def test_a_random_shop_equals_plain_loops(tmp_path):
    random = Random(5)

    def moment():
        return (at("2024-01-01 00:00") + timedelta(minutes=random.randrange(600 * 1440))).strftime("%Y-%m-%d %H:%M")

    orders = [
        placed(f"o{n}", f"c{random.randrange(60)}" if random.random() < 0.9 else None, moment(),
               random.choice(["guest", "registered"]), cancelled=random.random() < 0.1)
        for n in range(200)
    ]  # fmt: skip
    invitations = [
        asked(f"i{n}", f"c{random.randrange(70)}", moment(), delivered=random.choice([None, True, False]))
        for n in range(100)
    ]
    answers = [answer(f"r{n}", f"c{random.randrange(70)}", moment(), random.choice([0, 8, 10])) for n in range(80)]
    result = compute(
        tmp_path,
        orders,
        invitations,
        answers,
        when=span("2025-01", "2025-06", "2025-12-01 00:00"),
        attributes="country",
    )
    kinds = {row["order_id"]: row["account_type"] for _, row in orders}
    for (start, end), rows in result.group_by("period_start", "period_end"):

        def inside(events, column, start=start, end=end):
            return [row for row in events if start <= row[column] < end]

        bought = [
            row for row in inside([row for row, _ in orders], "order_date") if row["counts"] and row["customer_id"]
        ]
        last = {row["customer_id"]: row for row in sorted(bought, key=lambda row: (row["ordered_at"], row["order_id"]))}
        spoke = {row["customer_id"] for row in inside(answers, "response_date")}
        written = inside(invitations, "invited_date")
        for kind in ("guest", "registered"):
            who = {name for name, row in last.items() if kinds[row["order_id"]] == kind}
            row = rows.row(
                by_predicate=(pl.col("dimension") == "account_type") & (pl.col("segment") == kind), named=True
            )
            reached = {row["customer_id"] for row in written if row["is_delivered"] is not False}
            assert [row[name] for name in ("buyers", "invited", "delivered", "responded")] == [
                len(who), len(who & {row["customer_id"] for row in written}), len(who & reached), len(who & spoke)
            ]  # fmt: skip
            assert row["representation"] == pytest.approx((len(who & spoke) / len(who)) / (
                len(last.keys() & spoke) / len(last)))  # fmt: skip
    assert result["grain"].value_counts().height == 2


def test_without_orders_there_is_no_row(tmp_path):
    assert compute(tmp_path, []).is_empty()
    assert compute(tmp_path, [placed("1", None, "2025-02-05 12:00")]).is_empty()
