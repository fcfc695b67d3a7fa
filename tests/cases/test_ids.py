"""Ids: what a spreadsheet did to them, rows of one id that contradict each other, and one record under two names."""

from __future__ import annotations

import pytest
from cases.small_shop import DOUBTS, FILES, ORDERS, REFUSED, Night, csv
from shared_files import case


def test_shopify_ids_that_a_spreadsheet_rounded(tmp_path):
    [orders, refused, doubts] = (
        Night(tmp_path).land(*case("shopify_ids_rounded_by_excel")).rows(ORDERS, REFUSED, DOUBTS)
    )
    assert (orders[0][0], str(orders[0][1]), refused, doubts) == (12, "186.00", [], [])


def test_answers_whose_ids_a_spreadsheet_rounded(tmp_path):
    [answers, refused, words] = (
        Night(tmp_path)
        .land(*case("surveymonkey_ids_rounded"))
        .rows("SELECT count(*) FROM core.responses", REFUSED, "SELECT DISTINCT allowed FROM ops.rejected")
    )
    assert (answers, refused) == ([(0,)], [("response_id", "rounded_id", 5)])
    assert "rounded by a spreadsheet: export again without opening it" in words[0][0]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("apart", [False, True])
def test_two_ages_of_a_shopify_export_are_one_shop(tmp_path, turned, apart):
    """In either order of arrival, in one night or in two: eight orders, each under its id."""
    files = case("shopify_two_ages")
    night = Night(tmp_path)
    for file in reversed(files) if turned else files:
        night.land(file)
        if apart:
            night.rows(ORDERS)
    [orders, ids, lines] = night.rows(
        ORDERS,
        "SELECT count(*) FROM core.orders WHERE order_id LIKE 'shopify:#%'",
        "SELECT count(*), count(DISTINCT order_id) FROM core.order_lines",
    )
    assert (orders[0][0], str(orders[0][1]), ids, lines) == (8, "108.00", [(0,)], [(8, 8)])


def test_a_number_that_looks_like_another_orders_id_stays_apart(tmp_path):
    """Order 1050 has the number 1001; order 1001 is another one, of another day."""
    rows = [["1001", "1001", "2025-01-01", "10", "EUR"], ["1050", "1001", "2025-03-01", "20", "EUR"]]
    header = "order_id,order_number,ordered_at,total,currency"
    [orders] = Night(tmp_path).land(("orders.csv", csv(header, *rows))).rows(ORDERS)
    assert (orders[0][0], str(orders[0][1])) == (2, "30.00")


def test_no_id_of_any_kind_is_a_rounded_number(tmp_path):
    night = Night(tmp_path)
    written = ["5.93530E+12", "4,687E+11", "5E+09", "61245700011112222.0", "'5.9E+12", '="5.9E+12"']
    cells = [f'"{one.replace(chr(34), chr(34) * 2)}"' for one in written]
    for header, rest in (
        ("response_id,responded_at,score", "{},2025-01-01,9"),
        ("order_id,ordered_at,total,currency", "{},2025-01-01,9,EUR"),
        ("invitation_id,invited_at", "{},2025-01-01"),
        ("order_id,line_id,quantity", "x,{},1"),
    ):
        night.land((f"{header}.csv", csv(header, *(rest.format(cell) for cell in cells))))
    [refused] = night.landed(REFUSED)
    assert refused == [
        (name, "rounded_id", len(written)) for name in ("invitation_id", "line_id", "order_id", "response_id")
    ]


def test_a_customers_rounded_id_is_none_and_told(tmp_path):
    """Two customers whose ids were rounded to one number do not become one person."""
    rows = [[f"o{n}", "2025-01-01", "5", "EUR", "5.9353E+12"] for n in range(3)]
    night = Night(tmp_path).land(("a.csv", csv("order_id,ordered_at,total,currency,customer_id", *rows)))
    [people, doubts, listed] = night.rows("SELECT count(*) FROM core.customers", DOUBTS, FILES)
    assert people == [(0,)]
    assert doubts == [("rounded_id", "orders", "customer_id", 3, "o0")]
    assert listed[0][:4] == ("a.csv", "canonical", "loaded", 3)


def test_what_a_program_puts_around_an_id_is_no_part_of_it(tmp_path):
    written = ["'1001", '="1002"', "1003.0", " 1004 ", "5E10", "007"]
    cells = [f'"{one.replace(chr(34), chr(34) * 2)}"' for one in written]
    rows = [f"{cell},2025-01-01,9,EUR" for cell in cells]
    night = Night(tmp_path).land(("b.csv", csv("order_id,ordered_at,total,currency", *rows)))
    [ids] = night.landed("SELECT order_id FROM core.orders ORDER BY row_number")
    assert ids == [("1001",), ("1002",), ("1003",), ("1004",), ("5E10",), ("007",)]


def test_a_programs_word_for_nothing_joins_nobody(tmp_path):
    blanks = ["nan", "None", "NULL", "#N/A", "-", "undefined"]
    rows = [[f"{place}-{n}", "2025-01-01", "5", "EUR", blank] for place, blank in enumerate(blanks) for n in range(2)]
    night = Night(tmp_path).land(("a.csv", csv("order_id,ordered_at,total,currency,customer_id", *rows)))
    [people, orders] = night.rows("SELECT count(*) FROM core.customers", ORDERS)
    assert (people, orders[0][0]) == ([(0,)], 12)


def test_rows_of_one_id_that_contradict_each_other_are_told(tmp_path):
    rows = [
        ["a", "2025-01-01 10:00", "5", "EUR", "ann@example.org"],
        ["a", "2025-03-01 10:00", "7", "EUR", "ben@example.org"],
        ["b", "2025-03-01 10:00", "7", "EUR", "ben@example.org"],
    ]
    night = Night(tmp_path).land(("a.csv", csv("order_id,ordered_at,total,currency,customer_email", *rows)))
    [doubts, listed] = night.rows(DOUBTS, "SELECT reason FROM ops.files")
    assert doubts == [
        ("contradicting_id", "orders", "customer", 2, "a"),
        ("contradicting_id", "orders", "ordered_at", 2, "a"),
    ]
    assert listed == [("contradicting_id: customer; contradicting_id: ordered_at",)]


def test_versions_of_one_record_are_no_contradiction(tmp_path):
    rows = [
        ["a", "2025-01-01", "5", "EUR", "open", "2025-01-02"],
        ["a", "2025-01-01", "5", "EUR", "paid", "2025-01-03"],
    ]
    night = Night(tmp_path).land(("a.csv", csv("order_id,ordered_at,total,currency,status,updated_at", *rows)))
    assert night.rows(DOUBTS) == [[]]


def test_long_ids_that_all_end_in_zeros_are_told(tmp_path):
    """A spreadsheet keeps 15 digits of a number: five ids of 17 digits that end in 00 are no chance, one is."""
    rows = [[f"{593535703482600 + n}00", "2025-01-01", "5", "EUR"] for n in range(5)]
    header = "order_id,ordered_at,total,currency"
    night = Night(tmp_path).land(
        ("a.csv", csv(header, *rows)), ("b.csv", csv(header, ["12345678901234560", *rows[0][1:]]))
    )
    [doubts] = night.rows(DOUBTS)
    assert doubts == [("rounded_id", "orders", "order_id", 5, "59353570348260000")]
