"""Rows of one file that are equal in every cell are told where each of them counts, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from night import ingest, land, settings_for

from pipelines.settings import Settings
from pipelines.warehouse.connection import opened

SHOPIFY = (
    "Name,Email,Financial Status,Created at,Currency,Total,Shipping,Taxes,Discount Amount,Lineitem quantity,"
    "Lineitem name,Lineitem price,Cancelled at"
)
MUGS = "#1,a@shop.example,paid,2025-05-01 10:00:00 +0000,EUR,35.00,5.00,0.00,0.00,1,Mug,10.00,"
MUG, BOWL = "#1,a@shop.example,,,,,,,,1,Mug,10.00,", "#1,a@shop.example,,,,,,,,1,Bowl,20.00,"
PAID, TAXED = "35.00,5.00,0.00,0.00", "36.00,5.00,6.00,15.00"
AMAZON = (
    "amazon-order-id\tpurchase-date\tlast-updated-date\torder-status\tsales-channel\titem-status\tquantity\tcurrency\t"
    "item-price\tshipping-price\titem-promotion-discount\tsku"
)
SOLD = "{0}\t2025-05-01T10:00:00Z\t2025-05-02T10:00:00Z\tShipped\tAmazon.de\tShipped\t1\tEUR\t{1}\t{2}\t\t{3}"
FORM = "Timestamp,How likely are you to recommend us to a friend?,Why?"
WEBTOFFEE = (
    "order_id,order_number,order_date,status,order_total,order_subtotal,order_currency,customer_id,billing_email,"
    "line_item_1"
)
DOUBTS = (
    "SELECT kind, subject, records, money::VARCHAR, example FROM ops.doubts WHERE doubt = 'repeated_row' ORDER BY ALL"
)
Told = Sequence[tuple[str, str | None, int, str | None, str]]


def text(*lines: str) -> str:
    return "\n".join([*lines, ""])


def amazon(*items: tuple[str, str, str, str]) -> str:
    return text(AMAZON, *(SOLD.format(*item) for item in items))


def told(settings: Settings, *queries: str) -> list[list[tuple[object, ...]]]:
    with opened(settings) as connection:
        ingest(connection, settings)
        return [connection.sql(query).fetchall() for query in (DOUBTS, *queries)]


# An order's rows, and what is told: how many items the order does not pay for, and their worth.
SHOPIFY_ORDERS: list[tuple[list[str], tuple[int, str] | None]] = [
    # 35.00 is 5.00 for shipping, a mug of 10.00 and a bowl of 20.00 (or two mugs more).
    ([MUGS, BOWL], None),
    ([MUGS, BOWL, BOWL], (1, "20.00")),
    ([MUGS, BOWL, MUGS], (1, "10.00")),
    ([MUGS, BOWL, BOWL, BOWL], (2, "40.00")),
    ([MUGS, MUG, MUG], None),
    # Tax on top, less a discount: 36.00 is 5.00 and 6.00 and items of 40.00 less 15.00.
    ([MUGS.replace(PAID, TAXED), BOWL, MUG], None),
    ([MUGS.replace(PAID, TAXED), MUG, MUG, BOWL], (1, "10.00")),
    # Blank lines are no rows.
    ([MUGS, ",,,,,,,,,,,", ",,,,,,,,,,,", BOWL], None),
]


@pytest.mark.slow
def test_items_that_their_order_does_not_pay_for(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    for number, (lines, _) in enumerate(SHOPIFY_ORDERS):
        land(settings, {f"{number}.csv": text(SHOPIFY, *lines).replace("#1", f"#{number}")})
    expected = [
        ("order_lines", None, *doubt, f"shopify:#{number}") for number, (_, doubt) in enumerate(SHOPIFY_ORDERS) if doubt
    ]
    assert told(settings) == [sorted(expected)]


@pytest.mark.slow
def test_an_item_of_amazon_raises_the_order(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    mug, bowl = ("111-1", "10.00", "2.50", "MUG"), ("111-1", "20.00", "0.00", "BOWL")
    land(settings, {"orders.txt": amazon(mug, bowl, mug, mug, ("111-2", "7.00", "0.00", "MUG"))})
    [doubts, [orders], [file], [checked]] = told(
        settings,
        "SELECT list(net::VARCHAR ORDER BY net) FROM core.orders",
        "SELECT reason FROM ops.files",
        "SELECT count(*) FROM vault.raw.doubts",
    )
    assert doubts == [("orders", None, 1, "25.00", "amazon:111-1")]
    assert (orders, file, checked) == ((["7.00", "57.50"],), ("repeated_row",), (1,))


@pytest.mark.slow
def test_money_is_told_in_the_reporting_currency_and_without_what_was_cancelled(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, currency="USD")
    items = [("111-1", "10.00", "0.00", "MUG")] * 2
    rates = "date,currency,rate\n2025-05-01,EUR,0.8\n"
    land(settings, {"orders.txt": amazon(*items), "rates.csv": rates})
    assert told(settings) == [[("orders", None, 1, "12.50", "amazon:111-1")]]
    other = settings_for(tmp_path / "other")
    land(other, {"orders.txt": amazon(*items).replace("\tShipped\tAmazon", "\tCancelled\tAmazon")})
    assert told(other) == [[("orders", None, 1, "0.00", "amazon:111-1")]]


@pytest.mark.slow
def test_a_newer_export_of_the_order_settles_it(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    bad = amazon(*[("111-1", "10.00", "0.00", "MUG")] * 2)
    land(settings, {"bad.txt": bad})
    assert told(settings) == [[("orders", None, 1, "10.00", "amazon:111-1")]]
    land(settings, {"good.txt": amazon(("111-1", "10.00", "0.00", "MUG")).replace("05-02T10", "05-02T11")})
    assert told(settings, "SELECT net::VARCHAR FROM core.orders") == [[], [("10.00",)]]


@pytest.mark.slow
def test_an_answer_that_stands_twice(tmp_path: Path) -> None:
    """Google Forms gives no ids: each row is an answer."""
    settings = settings_for(tmp_path)
    rows = ["2025/05/13 10:00:00 AM GMT,9,Quick", "2025/05/14 10:00:00 AM GMT,3,", "2025/05/14 10:00:00 AM GMT,3,Slow"]
    land(settings, {"form.csv": text(FORM, *rows, rows[1])})
    [doubts, answers] = told(settings, "SELECT count(*) FROM core.responses")
    assert [row[:4] for row in doubts] == [("responses", None, 1, None)]
    assert answers == [(4,)]


@pytest.mark.slow
def test_records_with_an_id_of_their_own_count_once(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    tables = [
        [
            WEBTOFFEE,
            "1,1,2025-05-01 10:00:00,completed,10.00,10.00,EUR,7,a@shop.example,name:Mug|quantity:1|total:10.00",
        ],
        ["order_id,ordered_at,total", "1,2025-05-01,10.00"],
        ["order_id,line_id,quantity,unit_price", "1,1,2,5"],
        ["response_id,responded_at,score", "1,2025-05-01,9"],
    ]
    land(settings, {f"{number}.csv": text(header, row, row) for number, (header, row) in enumerate(tables)})
    [doubts, loaded] = told(settings, "SELECT status, accepted FROM ops.files")
    assert (doubts, loaded) == ([], [("loaded", 2)] * 4)


def test_equal_rows_of_different_files_are_no_repeats(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    land(
        settings,
        {"a.csv": text(SHOPIFY, MUGS, BOWL), "b.csv": text(SHOPIFY, MUGS, BOWL, "#2" + MUGS[2:], "#2" + BOWL[2:])},
    )
    assert told(settings, "SELECT count(*) FROM core.order_lines") == [[], [(4,)]]
