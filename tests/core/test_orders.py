"""core.orders and core.order_lines: versions, money, what counts, the sharing of an order's net over its lines."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from core import vault
from core.vault import at, file, line, order, rate, who

NOTHING = dict.fromkeys(
    ["promised_at", "fulfilled_at", "delivered_at", "days_late", "is_guest", "channel", "country", "refunded_at",
     "items", "main_product_category", "main_brand"]
)  # fmt: skip


def money(text):
    return Decimal(text)


def test_whole_row(shop):
    made = shop(
        order(
            "7", ("A@x.test", "9"), "2025-03-01 23:30", "120.50", currency="EUR", status=" Paid ", refunded="20.50",
            refunded_at="2025-03-09", is_guest=False, country="FR", channel="web", promised_at="2025-03-05 22:00",
            fulfilled_at="2025-03-03", delivered_at="2025-03-07 00:10", discount="9.95",
        ),
        line("7", "1", "2", "30", sku="s1", product="Boot", product_category="shoes", brand="Acme"),
        timezone="Europe/Paris",
    )  # fmt: skip
    assert made.row("core.orders", "7") == {
        "order_id": "7",
        "source": "canonical",
        "customer_id": who("a@x.test"),
        "ordered_at": at("2025-03-01 23:30"),
        "order_date": date(2025, 3, 2),
        "promised_at": at("2025-03-05 22:00"),
        "fulfilled_at": at("2025-03-03"),
        "delivered_at": at("2025-03-07 00:10"),
        "days_late": 2,
        "status": "paid",
        "is_cancelled": False,
        "is_guest": False,
        "channel": "web",
        "country": "FR",
        "currency": "EUR",
        "gross": money("120.50"),
        "discount": money("9.95"),
        "refunded": money("20.50"),
        "refunded_at": at("2025-03-09"),
        "net": money("100.00"),
        "counts": True,
        "items": money("2"),
        "main_product_category": "shoes",
        "main_brand": "Acme",
    }
    assert made.rows("core.order_lines") == [("7", "1", "s1", "Boot", "shoes", "Acme", money("2"), money("100.00"))]


def test_barest_row(shop):
    made = shop(file(order("7", None, "2025-03-01"), source="shopify"))
    assert made.row("core.orders", "shopify:7") == {
        "order_id": "shopify:7",
        "source": "shopify",
        "customer_id": None,
        "ordered_at": at("2025-03-01"),
        "order_date": date(2025, 3, 1),
        "status": "open",
        "is_cancelled": False,
        "currency": "XXX",
        "gross": money("10"),
        "discount": None,
        "refunded": money("0"),
        "net": money("10"),
        "counts": True,
        **NOTHING,
    }
    assert made.rows("core.order_lines") == []


# Two versions of an order, and which counts: updated_at beats a later event in the file; without one, the file's
# latest event; then the file's id.
VERSIONS = [
    ({"updated_at": "2025-03-02"}, {"updated_at": "2025-03-01", "delivered_at": "2025-03-20"}, "first"),
    ({"updated_at": "2025-03-02"}, {"delivered_at": "2025-03-20"}, "first"),
    ({"delivered_at": "2025-03-10"}, {"delivered_at": "2025-03-11"}, "second"),
    ({"name": "a"}, {"name": "b"}, "second"),
    ({"name": "b"}, {"name": "a"}, "first"),
]


def version(number, name, values):
    """The file of one version of one order; without a name its id is its content's."""
    facts = {key: value for key, value in values.items() if key != "name"}
    record = order(f"{number}", f"{number}@x.test", "2025-03-01", country=name, **facts)
    return file(record, name=f"{values['name']}{number}" if "name" in values else "")


@pytest.mark.first(1)
@pytest.mark.parametrize("turned", [False, True])
def test_the_newest_version_counts_in_any_order_of_loads(shop, turned):
    loads = [
        [version(number, name, pair[place]) for number, pair in enumerate(VERSIONS)]
        for place, name in enumerate(("first", "second"))
    ]
    made = shop(*loads[turned]).add(*loads[not turned])
    expected = [(f"{number}", stands) for number, (_, _, stands) in enumerate(VERSIONS)]
    assert made.rows("core.orders", "order_id, country") == expected


def test_the_last_row_of_a_file_counts(shop):
    made = shop(file(order("7", "a@x.test", "2025-03-01", "1"), order("7", "a@x.test", "2025-03-01", "2")))
    assert made.rows("core.orders", "gross") == [(money("2"),)]


def test_identical_record_changes_nothing(shop):
    same = order("7", "a@x.test", "2025-03-01")
    made = shop(same).add(file(same, name="again"), file(same, order("8", "b@x.test", "2025-04-02"), name="more"))
    assert made.changes() == [
        ("core.customers", None, date(2025, 4, 1), 1),
        ("core.order_segments", None, date(2025, 4, 1), 1),
        ("core.orders", "more", date(2025, 4, 1), 1),
    ]
    before = made.rows("ops.changes")
    made.add(file(same, name="third"))
    assert made.conformed.changes == []
    assert made.rows("ops.changes") == before


@pytest.mark.slow
def test_change_names_the_file_that_made_it_and_no_older_one(shop):
    made = shop(file(order("7", "a@x.test", "2025-03-01"), order("8", "9", "2025-03-05"), name="old"))
    made.add(file(vault.customer(("a@x.test", "9")), name="link"))
    assert made.rows("core.orders", "DISTINCT customer_id") == [(who("a@x.test"),)]
    assert [row for row in made.changes() if row[0] == "core.orders"] == [("core.orders", None, date(2025, 3, 1), 1)]
    made.add(file(order("8", "9", "2025-03-05", "11", updated_at="2025-05-01"), name="new"))
    assert [row for row in made.changes() if row[0] == "core.orders"] == [("core.orders", "new", date(2025, 3, 1), 1)]


@pytest.mark.slow
def test_an_order_that_moves_to_another_buyer_leaves_the_first(shop):
    made = shop(order("7", "a@x.test", "2025-03-01"))
    made.add(order("7", "b@x.test", "2025-03-01", updated_at="2025-03-02"))
    made.add(order("8", "a@x.test", "2025-03-05"))
    assert made.rows("core.orders", "order_id, customer_id") == [("7", who("b@x.test")), ("8", who("a@x.test"))]


def test_what_counts(shop):
    made = shop(
        order("cancelled", "a@x.test", "2025-03-01", "50", status="Cancelled", refunded="5"),
        order("voided", "a@x.test", "2025-03-01", "50", status="voided"),
        order("refunded", "a@x.test", "2025-03-01", "50", status="refunded"),
        order("full", "a@x.test", "2025-03-01", "50", refunded="50", refunded_at="2025-04-01"),
        order("part", "a@x.test", "2025-03-01", "50", refunded="49.99"),
        order("free", "a@x.test", "2025-03-01", "0"),
        order("negative", "a@x.test", "2025-03-01", "-5"),
        order("plain", "a@x.test", "2025-03-01", "50"),
    )
    assert made.rows("core.orders", "order_id, is_cancelled, gross, refunded, refunded_at, net, counts") == [
        ("cancelled", True, money("50"), money("5"), None, money("0"), False),
        ("free", False, money("0"), money("0"), None, money("0"), True),
        ("full", False, money("50"), money("50"), at("2025-04-01"), money("0"), False),
        ("negative", False, money("-5"), money("0"), None, money("-5"), False),
        ("part", False, money("50"), money("49.99"), None, money("0.01"), True),
        ("plain", False, money("50"), money("0"), None, money("50"), True),
        ("refunded", False, money("50"), money("50"), None, money("0"), False),
        ("voided", True, money("50"), money("0"), None, money("0"), False),
    ]


def test_rate_of_the_day_or_of_the_last_seven(shop):
    made = shop(
        rate("2025-03-01", "USD", "2"),
        rate("2025-03-02", "USD", "1.25"),
        order("day", "a@x.test", "2025-03-01", "10", currency="USD", refunded="1"),
        order("newer", "a@x.test", "2025-03-02", "10", currency="USD"),
        order("7 days", "a@x.test", "2025-03-09 23:59", "10", currency="USD"),
        order("8 days", "a@x.test", "2025-03-10", "10", currency="USD"),
        order("before", "a@x.test", "2025-02-28", "10", currency="USD"),
        order("none", "a@x.test", "2025-03-01", "10", currency="GBP"),
        order("own", "a@x.test", "2025-03-01", "10", currency="EUR"),
        order("unnamed", "a@x.test", "2025-03-01", "10"),
        currency="EUR",
    )
    assert made.rows("core.orders", "order_id, currency, gross, refunded, net, counts") == [
        ("7 days", "USD", money("8"), money("0"), money("8"), True),
        ("8 days", "USD", None, None, None, False),
        ("before", "USD", None, None, None, False),
        ("day", "USD", money("5"), money("0.5"), money("4.5"), True),
        ("newer", "USD", money("8"), money("0"), money("8"), True),
        ("none", "GBP", None, None, None, False),
        ("own", "EUR", money("10"), money("0"), money("10"), True),
        ("unnamed", "EUR", money("10"), money("0"), money("10"), True),
    ]
    assert made.conformed.orders_without_rate == 3
    assert made.conformed.message == (
        "3 orders have no exchange rate within 7 days of their day: their money is not counted."
    )


@pytest.mark.slow
def test_rate_that_comes_later_or_is_corrected(shop):
    # The last day on which the rate still serves.
    made = shop(order("1", "a@x.test", "2025-03-08 23:59", "10", currency="USD"), currency="EUR")
    made.add(file(rate("2025-03-01", "USD", "2"), name="1"))
    assert made.rows("core.orders", "gross") == [(money("5"),)]
    made.add(file(rate("2025-03-01", "USD", "4"), name="2"))
    assert made.rows("core.orders", "gross") == [(money("2.5"),)]
    # A table of rates that lands again unchanged touches nobody.
    made.add(file(rate("2025-03-01", "USD", "4"), name="3"))
    assert (made.conformed.people, made.conformed.changes) == (0, [])


def test_absurd_rate_costs_its_order_alone(shop):
    made = shop(
        rate("2025-03-01", "VND", "0.00000001"),
        order("1", "a@x.test", "2025-03-01", "99999999999", currency="VND"),
        order("2", "a@x.test", "2025-03-01", "10", currency="EUR"),
        currency="EUR",
    )
    assert made.rows("core.orders", "order_id, gross") == [("1", None), ("2", money("10"))]


def test_several_currencies_and_none_set(shop):
    made = shop(
        order("1", "a@x.test", "2025-03-01", "10", currency="USD"),
        order("2", "a@x.test", "2025-03-02", "10", currency="EUR"),
        order("3", "a@x.test", "2025-03-03", "10"),
        line("1", "1", "1", "10"),
        vault.response("r", "a@x.test", "2025-03-04", 10),
    )
    assert made.rows("core.orders", "order_id, currency, gross, refunded, net, counts") == [
        ("1", "USD", None, None, None, False),
        ("2", "EUR", None, None, None, False),
        ("3", None, None, None, None, False),
    ]
    assert made.rows("core.order_lines", "order_id, net") == [("1", None)]
    assert made.conformed.message == (
        "Orders are in several currencies (EUR, USD) and NORTHSTAR_CURRENCY is not set: scores are computed, money is "
        "not. Set it to the currency you report in and drop a file of exchange_rates."
    )
    # Scores continue, and purchases count without their money.
    assert made.rows("core.responses", "order_id, stage, category") == [("3", "post_order", "promoter")]
    assert made.segments("purchase_count_band") == {"r": "2-3"}
    assert made.segments("lifecycle") == {"r": "active"}
    assert made.segments("cohort_year") == {"r": "2025"}
    assert made.segments("order_value_band") == {"r": "unknown"}
    assert made.segments("spend_tier") == {"r": "unknown"}


@pytest.mark.slow
@pytest.mark.parametrize(("named", "expected"), [(None, "XXX"), ("SEK", "SEK")])
def test_one_currency_or_none(shop, named, expected):
    made = shop(order("1", "a@x.test", "2025-03-01", "10", currency=named), order("2", "a@x.test", "2025-03-01", "20"))
    assert made.rows("core.orders", "currency, gross") == [(expected, money("10")), (expected, money("20"))]
    assert made.conformed.message is None
    # A second currency stops the money of both.
    made.add(order("3", "a@x.test", "2025-03-03", "30", currency="USD"))
    assert made.rows("core.orders", "gross IS NULL") == [(named is not None,)] * 2 + [(named is not None,)]


def nets(made, order_id):
    return [net for _, net in made.rows("core.order_lines", "line_id, net", f"order_id = '{order_id}'")]


def test_lines_sum_to_the_net_to_the_cent(shop):
    made = shop(
        order("thirds", "a@x.test", "2025-03-01", "100"),
        *(line("thirds", number, "1", "10") for number in "123"),
        order("negative", "a@x.test", "2025-03-01", "-10"),
        *(line("negative", number, "1", "3") for number in "123"),
        order("gift", "a@x.test", "2025-03-01", "10"),
        line("gift", "1", "1", "0"),
        line("gift", "2", "1", "7"),
        order("unpriced", "a@x.test", "2025-03-01", "10"),
        line("unpriced", "1", "3"),
        line("unpriced", "2", "1"),
        order("weightless", "a@x.test", "2025-03-01", "10.01"),
        line("weightless", "1", "0"),
        line("weightless", "2", "0", "5"),
        order("returned", "a@x.test", "2025-03-01", "10"),
        line("returned", "1", "2", "10"),
        line("returned", "2", "-1", "10"),
        order("cancelled", "a@x.test", "2025-03-01", "10", status="cancelled"),
        line("cancelled", "1", "1", "10"),
    )
    assert nets(made, "thirds") == [money("33.33"), money("33.34"), money("33.33")]
    assert nets(made, "negative") == [money("-3.33"), money("-3.34"), money("-3.33")]
    assert nets(made, "gift") == [money("0"), money("10")]
    assert nets(made, "unpriced") == [money("7.50"), money("2.50")]
    assert sorted(nets(made, "weightless")) == [money("5.00"), money("5.01")]
    assert nets(made, "returned") == [money("10"), money("0")]
    assert nets(made, "cancelled") == [money("0")]


@pytest.mark.slow
def test_lines_come_before_and_after_their_order(shop):
    made = shop(line("1", "1", "1", "10", product_category="shoes"))
    assert made.rows("core.order_lines") == []
    made.add(order("1", "a@x.test", "2025-03-01", "12"))
    assert made.rows("core.order_lines", "line_id, net") == [("1", money("12"))]
    made.add(line("1", "2", "1", "30", product_category="hats"))
    assert made.rows("core.order_lines", "line_id, net") == [("1", money("3")), ("2", money("9"))]
    assert made.rows("core.orders", "items, main_product_category") == [(money("2"), "hats")]
    # Another source's order of the same number has other lines.
    made.add(file(order("1", "a@x.test", "2025-03-01", "12"), source="shopify"))
    assert made.rows("core.order_lines", "DISTINCT order_id") == [("1",)]


def test_main_category_and_brand_are_the_largest_and_of_equals_the_last(shop):
    made = shop(
        order("1", "a@x.test", "2025-03-01"),
        line("1", "1", "1", "10", product_category="shoes", brand="Acme"),
        line("1", "2", "1", "6", product_category="hats", brand="Brio"),
        line("1", "3", "1", "5", product_category="hats"),
        order("2", "a@x.test", "2025-03-01"),
        line("2", "1", "1", "10", product_category="shoes", brand="Acme"),
        line("2", "2", "1", "10", product_category="hats", brand="Brio"),
        order("3", "a@x.test", "2025-03-01"),
        line("3", "1", "1", "10"),
        line("3", "2", "1", product_category="hats"),
    )
    assert made.rows("core.orders", "order_id, main_product_category, main_brand") == [
        ("1", "hats", "Acme"),
        ("2", "shoes", "Brio"),
        ("3", "hats", None),
    ]
