"""Exports of shops and marketplaces, as their owners have them: the orders, the money and the people they hold.

Here: each shipped format on the inputs of ../shared/cases. Not here: the same formats on small inputs of the project's
own, with every column (tests/raw/test_order_formats.py); the reading of days and of money (tests/raw).
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from cases.case_shop import landed, net, refused, rows

ORDERS = "SELECT order_id, order_date, status, gross, refunded, net, counts FROM core.orders"
LINES = "SELECT order_id, line_id, quantity, unit_price, sku, product FROM vault.raw.order_lines"
IDENTITIES = "SELECT order_id, identity FROM vault.raw.orders"


def test_etsy_orders_are_dated_by_their_sale_and_known_by_order_and_buyer(tmp_path: Path) -> None:
    with landed(tmp_path, "etsy_orders") as shop:
        assert rows(shop, ORDERS) == [
            ("etsy:3300001", "2025-09-14", "open", "41.50", "0.00", "41.50", "true"),
            ("etsy:3300002", "2025-10-03", "open", "53.10", "13.10", "40.00", "true"),
        ]
        assert rows(shop, IDENTITIES) == [("3300001", "i:etsy:marion_b"), ("3300002", "i:etsy:bob")]
        assert refused(shop) == []


def test_etsy_items_are_lines_of_the_order_and_no_orders(tmp_path: Path) -> None:
    with landed(tmp_path, "etsy_items") as shop:
        assert rows(shop, LINES) == [
            ("3300001", "4001", "1.0000", "30.0000", "RAB", "Rabbit, soft"),
            ("3300001", "4002", "2.0000", "3.5000", "STI", "Sticker"),
            ("3300002", "4003", "1.0000", "59.0000", "ROB", "Robot dog"),
            ("3300003", "4004", "1.0000", "59.0000", "ROB", "Robot dog"),
        ]
        assert (rows(shop, ORDERS), refused(shop)) == ([], [])
        assert rows(shop, "SELECT doubt, records, example FROM ops.doubts") == [
            ("lines_without_order", "4", "etsy:3300001")
        ]


def test_square_takes_what_was_collected_and_refunds_are_negative(tmp_path: Path) -> None:
    with landed(tmp_path, "square_transactions", currency="USD", date_order="month_first") as shop:
        assert rows(shop, ORDERS) == [
            ("square:t1", "2025-06-05", "open", "49.00", "0.00", "49.00", "true"),
            ("square:t2 refund p2", "2025-06-06", "open", "-11.00", "0.00", "-11.00", "false"),
            ("square:t3", "2025-06-07", "open", "1249.00", "0.00", "1249.00", "true"),
        ]
        assert net(shop) == Decimal("1287.00")
        assert rows(shop, "SELECT order_id, ordered_at FROM vault.raw.orders")[0] == ("t1", "2025-06-05 19:04:05+00")
        assert {row[1] for row in rows(shop, IDENTITIES)} == {"i:square:C1", "i:square:C2"}


def test_square_days_that_nothing_tells_are_refused(tmp_path: Path) -> None:
    with landed(tmp_path, "square_transactions", currency="USD") as shop:
        # 06/06/25 is one day in either order.
        assert [row[1] for row in rows(shop, ORDERS)] == ["2025-06-06"]
        assert [row[3] for row in refused(shop)] == ["ambiguous_date", "ambiguous_date"]


def test_squarespace_orders_are_known_by_order_id(tmp_path: Path) -> None:
    with landed(tmp_path, "squarespace", currency="USD") as shop:
        assert rows(shop, "SELECT order_id, is_cancelled, gross, refunded, net FROM core.orders") == [
            ("squarespace:1", "false", "30.00", "0.00", "30.00"),
            ("squarespace:2", "true", "20.00", "20.00", "0.00"),
            ("squarespace:3", "false", "240.00", "0.00", "240.00"),
            ("squarespace:4", "false", "50.00", "15.50", "34.50"),
        ]
        assert len(rows(shop, LINES)) == 6
        assert refused(shop) == []


def test_magento_takes_the_total_of_the_shop_and_dates_in_words(tmp_path: Path) -> None:
    with landed(tmp_path, "magento") as shop:
        assert rows(
            shop, "SELECT order_id, order_date, is_cancelled, is_guest, gross, refunded, net FROM core.orders"
        ) == [
            ("magento:000000101", "2025-06-05", "false", "false", "49.00", "0.00", "49.00"),
            ("magento:000000102", "2025-06-06", "false", "false", "1249.00", "1249.00", "0.00"),
            ("magento:000000103", "2025-06-07", "true", "true", "20.00", "0.00", "0.00"),
        ]
        assert refused(shop) == []


def test_ebay_report_with_its_frame_of_lines(tmp_path: Path) -> None:
    with landed(tmp_path, "ebay", currency="USD") as shop:
        assert rows(shop, ORDERS) == [
            ("ebay:12-09876-00001", "2025-06-05", "open", "52.10", "0.00", "52.10", "true"),
            ("ebay:12-09876-00002", "2025-06-16", "open", "1249.00", "0.00", "1249.00", "true"),
        ]
        assert rows(shop, LINES) == [
            ("12-09876-00001", "110 900", "1.0000", "44.0000", "A", "Cap"),
            ("12-09876-00002", "111 901", "1.0000", "1240.0000", "B", "Bike"),
        ]
        assert [row[3] for row in refused(shop)] == ["footer"]


def test_woocommerce_advanced_export_has_several_rows_an_order(tmp_path: Path) -> None:
    with landed(tmp_path, "woocommerce_advanced_order_export") as shop:
        assert rows(shop, "SELECT order_id, is_cancelled, gross, refunded, net FROM core.orders") == [
            ("woocommerce:501", "false", "49.00", "0.00", "49.00"),
            ("woocommerce:502", "false", "100.00", "100.00", "0.00"),
            ("woocommerce:503", "false", "15.00", "0.00", "15.00"),
            ("woocommerce:504", "true", "75.00", "0.00", "0.00"),
        ]
        assert [row[:3] for row in rows(shop, LINES)] == [
            ("501", "1", "1.0000"),
            ("501", "2", "2.0000"),
            ("502", "1", "0.0000"),
            ("503", "1", "1.0000"),
            ("504", "1", "7.0000"),
        ]
        assert refused(shop) == []


def test_shopify_document_counts_what_remains_without_tests(tmp_path: Path) -> None:
    with landed(tmp_path, "shopify_rest_json") as shop:
        assert net(shop) == Decimal("64.00")
        assert rows(shop, "SELECT order_id, is_cancelled, gross, refunded, net FROM core.orders") == [
            ("shopify:4501", "false", "49.00", "0.00", "49.00"),
            ("shopify:4502", "false", "20.00", "5.00", "15.00"),
            ("shopify:4504", "true", "70.00", "0.00", "0.00"),
        ]
        assert refused(shop) == [("3", "orders", None, "test", None)]
