"""Each shipped format: the vendor's file as it comes, the canonical rows it gives."""
# ruff: noqa: RUF005 (rows of the expected table are wider than a line)

import csv
import io
import json
from collections.abc import Callable

import pytest

from pipelines.raw import macros
from pipelines.raw.formats import read_formats
from pipelines.raw.kinds import read_kinds
from pipelines.raw.macros import install_macros
from pipelines.warehouse.sql_files import statements
from tests.raw.conftest import SAMPLES, Shop

NAMES = ("response_id", "responded_at", "score", "survey", "customer_email", "customer_id", "order_id", "comment")


def test_shopify_orders_and_lines(shop: Shop) -> None:
    shop.sample("shopify.csv")
    report = shop.load()
    assert (dict(report.accepted), dict(report.files)) == ({"orders": 2, "order_lines": 4}, {"loaded": 1})
    times = ("ordered_at", "promised_at", "fulfilled_at", "delivered_at", "updated_at", "refunded_at")
    money = ("total", "refunded", "discount", "shipping", "tax")
    words = ("order_id", "order_number", "currency", "customer_email", "customer_id", "status", "country", "channel")
    assert shop.rows("orders", *words, *money, *times, "source", "row_number", "identity", "extra", "is_guest") == [
        ("7410991464714", "#1001", "EUR", "sophie@example.com", None, "partially_refunded", "FR", "web")
        + ("109.6000", "34.9000", "10.0000", "4.9000", "18.2700")
        + ("2025-10-07 07:50:26+00", "2025-10-11 16:00:00+00", "2025-10-08 12:21:21+00", "2025-10-12 08:30:00+00")
        + (None, None, "shopify", "1", "e:sophie@example.com", None, None),
        ("7410991464715", "#1002", "EUR", None, None, "cancelled", None, "pos")
        + ("20.0000", "0.0000", "0.0000", "0.0000", "0.0000")
        + ("2025-10-26 01:30:00+00", None, None, None, None, None, "shopify", "4", None, None, None),
    ]
    lines = ("order_id", "line_id", "quantity", "unit_price", "sku", "product", "product_category", "brand")
    first = "7410991464714"
    assert shop.rows("order_lines", *lines, "row_number") == [
        (first, "1", "3.0000", "34.9000", "MSK-1", "Care / Masque au Bio-Collagène", "Care", "Leaf", "1"),
        (first, "2", "1.0000", "10.0000", "BOU-2", "Bougie", None, "Leaf", "2"),
        (first, "3", "2.0000", "0.0000", None, "Sachet", None, "Autre", "3"),
        ("7410991464715", "1", "1.0000", "20.0000", "BOU-2", "Bougie", None, "Leaf", "4"),
    ]
    assert shop.rows("files", "kind", "format", "rows", "accepted", "rejected") == [
        ("order_lines, orders", "shopify", "4", "4", "0")
    ]
    assert shop.rows("order_lines", "file_event_at")[0] == ("2025-10-26 01:30:00+00",)


def test_shopify_export_of_2012_has_no_id(shop: Shop) -> None:
    shop.sample("shopify_2012.csv")
    shop.load()
    assert shop.rows("orders", "order_id", "order_number", "country", "refunded", "ordered_at") == [
        ("#7", "#7", "US", None, "2012-03-01 15:00:00+00")
    ]
    assert shop.rows("order_lines", "order_id", "line_id") == [("#7", "1")]


def test_retently(shop: Shop) -> None:
    shop.sample("retently.json")
    shop.load()
    assert shop.rows("responses", *NAMES, "channel", "answers", "source") == [
        ("5d3d1", "2019-07-28 04:33:13.217+00", "0", "After delivery", "Ana@Example.com", "5c1", "#1001")
        + ("Late,\nand broken", "email", "{Why?=price}", "retently"),
        ("5d3d4", "2019-07-28 07:00:00+00", "9", "Web", None, "5c4", None, None, "web", None, "retently"),
        ("5d3d5", "2019-07-28 08:00:00+00", "3", "Web", "dee@example.com", "5c5", None, None, "web", None, "retently"),
        ("5d3d6", "2019-07-28 09:00:00+00", "2", "Web", "eli@example.com", "5c6", None, None, "web", None, "retently"),
    ]
    assert shop.rows("rejected", "row_number", "kind", "reason", "column_name", "value") == [
        ("2", "responses", "not_nps", "score", "5"),
        ("3", "responses", "bogus", None, None),
        ("7", "responses", "not_nps", "score", "2"),
    ]


@pytest.mark.slow
def test_retently_list_without_envelope_is_the_same(make_shop: Callable[..., Shop]) -> None:
    whole, bare, lines = make_shop(), make_shop(), make_shop()
    whole.sample("retently.json")
    records = json.loads((SAMPLES / "retently.json").read_text())["data"]["responses"]
    bare.drop("list.json", json.dumps(records))
    lines.drop("lines.ndjson", "\n".join(json.dumps(record) for record in records) + "\nnot json\n")
    for shop in (whole, bare, lines):
        shop.load()
    assert whole.rows("responses", *NAMES) == bare.rows("responses", *NAMES) == lines.rows("responses", *NAMES)
    assert lines.rows("rejected", "row_number", "reason", "value")[-1] == ("8", "unreadable", "not json")
    assert lines.rows("files", "rows", "accepted", "rejected") == [("8", "4", "4")]


def test_qualtrics_zone_is_in_the_third_row(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop("Asia/Tokyo")
    shop.sample("qualtrics.csv")
    shop.load()
    assert shop.rows("responses", *NAMES, "language", "channel", "stage", "row_number") == [
        ("R_1", "2024-05-02 01:02:00+09", "10", None, "dora@example.com", "77", "#1001", "Quick,\nand friendly")
        + ("EN", "email", None, "1")
    ]
    assert shop.rows("rejected", "row_number", "reason", "column_name") == [
        ("2", "preview", None),
        ("3", "partial", None),
        ("4", "partial", None),
    ]


@pytest.mark.slow
def test_qualtrics_tsv_in_utf_16_is_the_same(make_shop: Callable[..., Shop]) -> None:
    text = io.StringIO(newline="")
    rows = csv.reader(io.StringIO((SAMPLES / "qualtrics.csv").read_text(), newline=""))
    csv.writer(text, delimiter="\t").writerows(rows)
    one, other = make_shop(), make_shop()
    one.sample("qualtrics.csv")
    other.drop("q.tsv", text.getvalue(), "utf-16")
    one.load()
    other.load()
    assert one.rows("responses", *NAMES) == other.rows("responses", *NAMES)


def test_every_kind_is_accepted_in_the_canonical_form(shop: Shop) -> None:
    shop.drop("r.csv", "response_id,responded_at,score,answer:Why us?,answer:Again,mood\n1,2024-05-01,9,price,,good\n")
    shop.drop("o.csv", 'order_id,ordered_at,total,currency,is_guest\n1,2024-05-01,"1.234,50",eur,yes\n')
    shop.drop("l.csv", "order_id,line_id,quantity\n1,1,2\n")
    shop.drop("c.csv", "customer_id,customer_email,birth_year,loyalty\n1,a@example.com,1980,gold\n")
    shop.drop("i.csv", "invitation_id,invited_at,customer_email,opened\n1,2024-05-01,a@example.com,no\n")
    shop.drop("f.csv", "referral_id,referred_at,advocate_email,friend_email\n1,2024-05-01,a@example.com,B@example.com")
    shop.drop("u.csv", "response_id,contacted_at,outcome\n1,2024-05-01,called\n")
    shop.drop("v.csv", "customer_id,given_at\n1,2024-05-01\n")
    shop.drop("x.csv", "date,currency,rate\n2024-05-01,USD,1.07\n")
    shop.drop("e.csv", "customer_email,requested_at\nzoe@example.com,2024-05-01\n")
    report = shop.load()
    assert report.files == {"loaded": 10}
    tables = shop.connection.sql(
        "SELECT table_name FROM duckdb_columns() WHERE column_name = 'file_event_at'"
    ).fetchall()
    assert len(report.accepted) == 10
    assert set(report.accepted) <= {table for (table,) in tables}
    assert shop.rows("responses", "answers", "extra") == [("{Why us?=price}", '{"mood":"good"}')]
    assert shop.rows("orders", "total", "currency", "is_guest") == [("1234.5000", "EUR", "true")]
    assert shop.rows("customers", "identity", "birth_year", "extra") == [
        ("e:a@example.com", "1980", '{"loyalty":"gold"}')
    ]
    assert shop.rows("referrals", "identity", "friend_identity") == [("e:a@example.com", "e:b@example.com")]
    assert shop.rows("identities", "identity", "person") == [
        ("e:a@example.com", "e:a@example.com"),
        ("e:b@example.com", "e:b@example.com"),
        ("i:canonical:1", "e:a@example.com"),
    ]


TILL = (
    "-- A till.\n-- recognised by: bon, day\nSELECT file_id, row_number, bon AS order_id, day AS ordered_at FROM input"
)


def fingerprint(shop: Shop, text: str = TILL) -> str:
    shop.format("till.orders.sql", text)
    return read_formats(shop.connection, shop.settings, read_kinds(shop.connection)).fingerprint


@pytest.mark.parametrize(
    "text",
    [
        TILL.replace("A till", "The till in the shop"),
        TILL.replace("SELECT ", "SELECT\n    ").replace("FROM", "-- all of it\nFROM"),
        TILL + ";\n",
    ],
)
def test_a_comment_or_the_layout_of_a_format_reads_nothing_again(shop: Shop, text: str) -> None:
    assert fingerprint(shop, text) == fingerprint(shop)


@pytest.mark.parametrize(
    "text",
    [
        TILL.replace("day AS", "day || ' 12:00' AS"),
        TILL.replace("bon, day", "bon, day, sum"),
        TILL.replace("-- recognised", "-- source: cash\n-- recognised"),
        TILL.replace("SELECT", "-- also reads: card\nSELECT"),
        TILL.replace("SELECT", "-- header rows: 2\nSELECT"),
        TILL.replace("SELECT", "-- records: data\nSELECT"),
    ],
)
def test_what_changes_the_rows_of_a_format_reads_its_files_again(shop: Shop, text: str) -> None:
    assert fingerprint(shop, text) != fingerprint(shop)


def test_a_macro_may_move_to_another_file_but_not_change(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    install_macros(shop.connection)
    before = fingerprint(shop)
    names = [f"macros/{name}.sql" for name in macros.MACROS]
    texts = {name: statements(name) for name in names}
    monkeypatch.setattr(macros, "statements", texts.__getitem__)
    for name in names:
        assert fingerprint(shop) == before
        changed = texts | {name: texts[name] + "CREATE TEMP MACRO added(x) AS x;"}
        with monkeypatch.context() as patch:
            patch.setattr(macros, "statements", changed.__getitem__)
            assert fingerprint(shop) != before
    moved = dict.fromkeys(names, "") | {names[0]: "\n".join(reversed(texts.values()))}
    monkeypatch.setattr(macros, "statements", moved.__getitem__)
    assert fingerprint(shop) == before
