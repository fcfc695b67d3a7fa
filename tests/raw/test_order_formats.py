"""Each order and referral vendor: the file as it comes, every canonical row and refusal it gives, and its core.orders.

The rows are in expected/<sample>.json, one a line, checked by hand against the samples: the columns of a canonical row
that are not NULL; row number, kind, column, reason and value of a refusal; the columns MONEY of core.orders.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from copied_files import put_empty_files

from pipelines.core.conform import conform
from pipelines.raw.load import load
from pipelines.settings import Settings
from pipelines.warehouse.connection import opened
from tests.raw.conftest import EXPECTED, SAMPLES, Shop

# Sample, zone of the shop, reporting currency.
FILES = (
    ("shopify_2017.csv", "America/New_York", "USD"),
    ("woocommerce_webtoffee.csv", "Europe/Paris", "EUR"),
    ("woocommerce_skyverge.csv", "America/New_York", "USD"),
    ("bigcommerce.csv", "UTC", "USD"),
    ("bigcommerce_times.csv", "Europe/London", "GBP"),
    ("amazon.txt", "UTC", "EUR"),
    ("smile.json", "UTC", "EUR"),
    ("etsy.csv", "Europe/Lisbon", "EUR"),
    ("etsy_items.csv", "Europe/Lisbon", "EUR"),
    ("square.csv", "America/New_York", "USD"),
    ("squarespace.csv", "America/Los_Angeles", "USD"),
    ("magento.csv", "Europe/London", "GBP"),
    ("ebay.csv", "Australia/Sydney", "AUD"),
    ("woocommerce_advanced.csv", "Europe/Lisbon", "EUR"),
    ("shopify_api.json", "America/New_York", "USD"),
    ("prestashop.csv", "Europe/Paris", "EUR"),
    ("prestashop_fr.csv", "Europe/Paris", "EUR"),
)
PROVENANCE = {"file_id", "file_event_at"}
RATES = "date,currency,rate\n2014-05-01,EUR,0.8\n2017-03-10,CAD,1.25\n2017-06-18,USD,1.125\n2025-04-01,USD,1.2\n"
MONEY = (
    "order_id, source, customer_id IS NOT NULL AS is_known, order_date, status, is_cancelled, currency, gross, "
    "refunded, net, counts, items"
)


def canonical_rows(shop: Shop, kind: str) -> list[dict[str, str]]:
    """Rows of raw.<kind>: the columns that are not NULL, without those that name the file."""
    columns = [
        row[0] for row in shop.connection.sql(f"DESCRIBE vault.raw.{kind}").fetchall() if row[0] not in PROVENANCE
    ]
    return [
        {name: str(value) for name, value in zip(columns, row, strict=True) if value is not None}
        for row in shop.rows(kind, *columns)
    ]


def refused(shop: Shop) -> list[tuple[object, ...]]:
    return sorted(shop.rows("rejected", "row_number", "kind", "column_name", "reason", "value"), key=str)


def core_orders(home: Path, name: str, zone: str, currency: str) -> list[tuple[str | None, ...]]:
    """Money and counting columns of core.orders, of a shop with that one file and some exchange rates."""
    settings = Settings(
        home=home,
        salt="a salt for the tests",
        timezone=zone,
        currency=currency,
        as_of=datetime(2025, 12, 31, tzinfo=UTC),
    )
    settings.landing.mkdir(parents=True)
    (settings.landing / name).write_bytes((SAMPLES / name).read_bytes())
    (settings.landing / "rates.csv").write_text(RATES)
    put_empty_files(settings)
    with opened(settings) as connection:
        load(connection, settings)
        conform(connection, settings)
        rows: list[tuple[str | None, ...]] = connection.sql(
            f"SELECT COLUMNS(*)::VARCHAR FROM (SELECT {MONEY} FROM core.orders) ORDER BY order_id"
        ).fetchall()
    return rows


def sample_rows(tmp_path: Path, name: str, zone: str, currency: str) -> dict[str, list[object]]:
    """All rows that a sample gives, by their names in the expected file."""
    shop = Shop(tmp_path / "raw", zone)
    shop.sample(name)
    shop.load()
    rows_by_name: dict[str, list[object]] = {
        kind: list(canonical_rows(shop, kind)) for kind in ("orders", "order_lines", "referrals")
    }
    rows_by_name["refused"] = [list(row) for row in refused(shop)]
    rows_by_name["core.orders"] = [list(row) for row in core_orders(tmp_path / "core", name, zone, currency)]
    shop.connection.close()
    return {kind: rows for kind, rows in rows_by_name.items() if rows}


@pytest.mark.first(4)
@pytest.mark.parametrize(("name", "zone", "currency"), FILES)
def test_sample(tmp_path: Path, name: str, zone: str, currency: str) -> None:
    expected = json.loads((EXPECTED / f"{name}.json").read_text())
    assert sample_rows(tmp_path, name, zone, currency) == expected


def table(name: str) -> tuple[list[str], list[dict[str, str]]]:
    """Header and rows of a sample."""
    text = (SAMPLES / name).read_text()
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter="\t" if name.endswith(".txt") else ",")
    return list(reader.fieldnames or []), list(reader)


def written(header: list[str], rows: list[dict[str, str]], delimiter: str = ",") -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header, extrasaction="ignore", delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows({name: value or "" for name, value in row.items() if name} for row in rows)
    return text.getvalue()


# Columns that exports of some years lack; an export of 2012 ends before the last ones.
SHOPIFY_LACKED = (
    ("Payment ID", "Payment Terms Name", "Next Payment Due At", "Payment References"),
    ("Outstanding Balance", "Employee", "Location", "Device ID"),
    ("Duties", "Billing Province Name", "Shipping Province Name", "Receipt Number"),
)


@pytest.mark.first(1)
@pytest.mark.parametrize("lacked", SHOPIFY_LACKED)
def test_shopify_without_columns_of_later_years_is_the_same(
    make_shop: Callable[..., Shop], lacked: tuple[str, ...]
) -> None:
    whole, cut = make_shop(), make_shop()
    whole.sample("shopify.csv")
    header, rows = table("shopify.csv")
    assert set(lacked) <= set(header)
    cut.drop("orders.csv", written([name for name in header if name not in lacked], rows))
    whole.load()
    cut.load()
    for kind in ("orders", "order_lines"):
        assert canonical_rows(whole, kind) == canonical_rows(cut, kind)


def test_shopify_columns_are_read_by_name(make_shop: Callable[..., Shop]) -> None:
    straight, turned = make_shop(), make_shop()
    straight.sample("shopify.csv")
    header, rows = table("shopify.csv")
    turned.drop("orders.csv", written(header[::-1], rows))
    straight.load()
    turned.load()
    for kind in ("orders", "order_lines"):
        assert canonical_rows(straight, kind) == canonical_rows(turned, kind)


def test_shopify_of_2012_ends_at_cancelled_at() -> None:
    header, _ = table("shopify_2012.csv")
    assert (len(header), header[-1], len(table("shopify.csv")[0])) == (47, "Cancelled at", 79)


@pytest.mark.slow
def test_shopify_continuation_rows_may_repeat_or_leave_out_name_and_email(make_shop: Callable[..., Shop]) -> None:
    header, rows = table("shopify.csv")
    shops = []
    for name, email in ((True, True), (True, False), (False, False)):
        changed = [dict(row) for row in rows]
        for place, row in enumerate(changed):
            if not row["Financial Status"]:
                row["Name"] = changed[place - 1]["Name"] or "#1001" if name else ""
                row["Email"] = "sophie@example.com" if email else ""
        shops.append(make_shop())
        shops[-1].drop("orders.csv", written(header, changed))
        shops[-1].load()
    assert (
        canonical_rows(shops[0], "orders") == canonical_rows(shops[1], "orders") == canonical_rows(shops[2], "orders")
    )
    assert (
        canonical_rows(shops[0], "order_lines")
        == canonical_rows(shops[1], "order_lines")
        == canonical_rows(shops[2], "order_lines")
    )
    assert len(canonical_rows(shops[0], "order_lines")) == 4


@pytest.mark.slow
def test_amazon_with_the_three_business_columns_and_cut_rows_is_the_same(make_shop: Callable[..., Shop]) -> None:
    header, rows = table("amazon.txt")
    short, whole = make_shop(), make_shop()
    short.drop("29.txt", written(header[:29], rows, "\t"))
    whole.sample("amazon.txt")
    short.load()
    whole.load()
    assert len(header) == 32
    for kind in ("orders", "order_lines"):
        assert canonical_rows(short, kind) == canonical_rows(whole, kind)
    assert refused(short) == refused(whole)


NO_TOTALS = {"": "missing", "1e400": "not_a_number", "=1+1": "not_a_number", "12.50 EURO": "not_a_number"}


@pytest.mark.first(1)
@pytest.mark.parametrize(
    ("name", "column", "number"),
    [
        ("shopify.csv", "Total", "Id"),
        ("woocommerce_webtoffee.csv", "order_total", "order_id"),
        ("woocommerce_skyverge.csv", "order_total", "order_id"),
        ("bigcommerce.csv", "Order Total (inc tax)", "Order ID"),
        ("amazon.txt", "item-price", "amazon-order-id"),
    ],
)
def test_an_order_without_a_total_is_refused_and_named(shop: Shop, name: str, column: str, number: str) -> None:
    header, rows = table(name)
    first = rows[3 if name == "amazon.txt" else 0]
    orders = [first | {column: total, number: f"o{place}"} for place, total in enumerate((*NO_TOTALS, "7.50"))]
    orders = [row | {"Name": row[number]} if name == "shopify.csv" else row for row in orders]
    shop.drop(name, written(header, orders, "\t" if name.endswith(".txt") else ","))
    shop.load()
    assert [row for row in refused(shop) if row[1] == "orders"] == [
        (str(place), "orders", "total", reason, total or None)
        for place, (total, reason) in enumerate(NO_TOTALS.items(), 1)
    ]
    assert [row["order_id"] for row in canonical_rows(shop, "orders")] == ["o4"]


# Days of one file, and how they are read: a day that can be read in one way only decides for all days of its file; two
# that contradict each other decide for themselves only, and a day of another file decides nothing.
DAYS = (
    (("5/6/2016 0:37", "05/05/2016 0:37", "31/5/2016 0:37"), ("2016-06-05", "2016-05-05", "2016-05-31")),
    (("5/6/2016 0:37", "05/05/2016 0:37", "5/31/2016 0:37"), ("2016-05-06", "2016-05-05", "2016-05-31")),
    (("5/6/2016 0:37", "05/05/2016 0:37", "2016-05-06 00:37:00"), ("ambiguous_date", "2016-05-05", "2016-05-06")),
    (("5/6/2016 0:37", "31/5/2016 0:37", "5/31/2016 0:37"), ("ambiguous_date", "2016-05-31", "2016-05-31")),
    (("31/31/2016", "6/5/16", "2016-05-06 00:37:00"), ("not_a_time", "ambiguous_date", "2016-05-06")),
)


@pytest.mark.first(1)
@pytest.mark.parametrize(
    ("name", "column", "number"),
    [
        ("woocommerce_webtoffee.csv", "order_date", "order_id"),
        ("woocommerce_skyverge.csv", "date", "order_id"),
        ("bigcommerce.csv", "Order Date", "Order ID"),
    ],
)
def test_other_days_of_a_file_show_how_to_read_a_day_with_slashes(
    shop: Shop, name: str, column: str, number: str
) -> None:
    header, rows = table(name)
    for file, (days, _) in enumerate(DAYS):
        orders = [
            rows[0] | {column: day, number: f"{file}-{place}", "Date Shipped": ""} for place, day in enumerate(days)
        ]
        shop.drop(f"{file}.csv", written(header, orders))
    shop.load()
    rows_by_name = {
        row["order_id"]: row["ordered_at"].removesuffix(" 00:37:00+00") for row in canonical_rows(shop, "orders")
    }
    rows_by_name |= dict(
        shop.connection.sql(
            "SELECT record->>'order_id', reason FROM vault.raw.rejected "
            "WHERE kind = 'orders' AND column_name = 'ordered_at'"
        ).fetchall()
    )
    assert [tuple(rows_by_name[f"{file}-{place}"] for place in range(3)) for file in range(len(DAYS))] == [
        read for _, read in DAYS
    ]


def test_smile_list_without_envelope_is_the_same(make_shop: Callable[..., Shop]) -> None:
    whole, bare = make_shop(), make_shop()
    whole.sample("smile.json")
    records = json.loads((SAMPLES / "smile.json").read_text())["referrals"]
    bare.drop("lines.ndjson", "\n".join(json.dumps(record) for record in records))
    whole.load()
    bare.load()
    assert canonical_rows(whole, "referrals") == canonical_rows(bare, "referrals")
    assert refused(whole) == refused(bare)


@pytest.mark.slow
def test_amazon_marks_come_as_cp1252_too(make_shop: Callable[..., Shop]) -> None:
    text = (SAMPLES / "amazon.txt").read_text().replace("Product MUG", "Tasse für Öl")
    one, other = make_shop(), make_shop()
    one.drop("a.txt", text)
    other.drop("a.txt", text, "cp1252")
    one.load()
    other.load()
    assert canonical_rows(one, "order_lines") == canonical_rows(other, "order_lines")
    assert "Tasse für Öl" in {row["product"] for row in canonical_rows(other, "order_lines")}
