"""Records that pipeline tools have wrapped are read as what they hold."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.raw.conftest import SAMPLES, Shop

CASES = Path(__file__).parents[3] / "shared" / "cases" / "singer_and_airbyte"
EMITTED = "2025-06-01T00:00:00Z"
# The samples of tests/raw whose formats read records at the top, and where the sample has them.
PLACES = {
    "delighted.json": None,
    "asknicely.json": "data",
    "wootric.json": "response",
    "retently.json": "data.responses",
}


def records(sample: str) -> list[dict[str, Any]]:
    """The records of a vendor's sample."""
    document = json.loads((SAMPLES / sample).read_text(encoding="utf-8"))
    for step in (PLACES[sample] or "").split("."):
        document = document[step] if step and isinstance(document, dict) else document
    return document if isinstance(document, list) else [document]


def lines(documents: list[object]) -> str:
    return "".join(f"{json.dumps(document, ensure_ascii=False)}\n" for document in documents)


def singer(given: list[dict[str, Any]], stream: str = "answers") -> list[object]:
    head = {"type": "SCHEMA", "stream": stream, "schema": {"properties": {}}, "key_properties": ["id"]}
    body = [{"type": "RECORD", "stream": stream, "record": one, "time_extracted": EMITTED} for one in given]
    return [head, *body, {"type": "STATE", "value": {"bookmarks": {stream: EMITTED}}}]


def airbyte_messages(given: list[dict[str, Any]]) -> list[object]:
    log = {"type": "LOG", "log": {"level": "INFO", "message": "reading"}}
    return [log, *({"type": "RECORD", "record": {"stream": "answers", "data": one, "emitted_at": 1}} for one in given)]


def raw_rows(given: list[dict[str, Any]], *, as_text: bool = False) -> list[dict[str, Any]]:
    data = [json.dumps(one, indent=1) if as_text else one for one in given]
    return [{"_airbyte_raw_id": str(n), "_airbyte_meta": {}, "_airbyte_data": one} for n, one in enumerate(data)]


def raw_csv(given: list[dict[str, Any]], delimiter: str = ",") -> str:
    out = io.StringIO()
    rows = csv.DictWriter(out, ["_airbyte_ab_id", "_airbyte_emitted_at", "_airbyte_data"], delimiter=delimiter)
    rows.writeheader()
    rows.writerows({"_airbyte_ab_id": n, "_airbyte_data": json.dumps(one)} for n, one in enumerate(given))
    return out.getvalue()


def raw_parquet(given: list[dict[str, Any]], folder: Path) -> bytes:
    target = folder / "raw.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE t AS SELECT unnest($1::VARCHAR[]) AS _airbyte_data", [[json.dumps(g) for g in given]]
        )
        connection.execute(f"COPY (SELECT 'x' AS _airbyte_raw_id, * FROM t) TO '{target}' (FORMAT parquet)")
    return target.read_bytes()


WRAPPINGS: dict[str, Callable[[list[dict[str, Any]]], str]] = {
    "singer": lambda given: lines(singer(given)),
    "singer, as a list": lambda given: json.dumps(singer(given)),
    "airbyte messages": lambda given: lines(airbyte_messages(given)),
    "airbyte rows": lambda given: lines([*raw_rows(given)]),
    "airbyte rows, text": lambda given: lines([*raw_rows(given, as_text=True)]),
    "airbyte rows, as a list": lambda given: json.dumps(raw_rows(given)),
    "airbyte csv": raw_csv,
    "airbyte csv, semicolons": lambda given: raw_csv(given, ";"),
}


def landed(shop: Shop) -> dict[str, list[tuple[object, ...]]]:
    """What the records of all kinds are, without the file they came in."""
    return {
        kind: shop.connection.sql(f"SELECT * EXCLUDE (file_id) FROM vault.raw.{kind} ORDER BY ALL").fetchall()
        for kind in ("responses", "invitations", "orders", "order_lines", "rejected")
    }


def plainly(make_shop: Callable[..., Shop], given: list[dict[str, Any]]) -> dict[str, list[tuple[object, ...]]]:
    shop = make_shop()
    shop.drop("plain.jsonl", lines([*given]))
    shop.load()
    found = landed(shop)
    assert found["responses"]
    return found


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_wrapped_records_are_those_within(make_shop: Callable[..., Shop], wrapping: str) -> None:
    given = records("delighted.json")
    shop = make_shop()
    shop.drop("records.txt", WRAPPINGS[wrapping](given))
    shop.load()
    assert landed(shop) == plainly(make_shop, given)
    assert shop.rows("files", "status", "format", "rows") == [("loaded", "delighted", str(len(given)))]


@pytest.mark.parametrize("sample", [name for name in PLACES if name != "delighted.json"])
def test_every_export_with_records_at_the_top_is_recognised(make_shop: Callable[..., Shop], sample: str) -> None:
    given = records(sample)
    shop = make_shop()
    shop.drop("records.jsonl", lines(singer(given)))
    shop.load()
    assert landed(shop) == plainly(make_shop, given)


def test_wrapped_records_of_parquet(make_shop: Callable[..., Shop], tmp_path: Path) -> None:
    given = records("delighted.json")
    shop = make_shop()
    shop.drop("raw.parquet", raw_parquet(given, tmp_path))
    shop.load()
    assert landed(shop) == plainly(make_shop, given)


ORDERS = [
    {"order_id": "A1", "ordered_at": "2025-06-01T09:00:00Z", "total": "10.50", "customer_email": "ann@shop.test"},
    {"order_id": "A2", "ordered_at": "2025-06-02T09:00:00Z", "total": 20, "customer_email": "bob@shop.test"},
]
ACCOUNTS = [{"customer_email": "ann@shop.test", "registered_at": "2025-01-01", "country": "DE", "tier": "gold"}]


def test_every_stream_of_a_file_is_what_it_holds(shop: Shop) -> None:
    odd = [{"colour": "red", "taste": "sweet"}]
    messages = [*singer(ORDERS, "orders"), *singer(ACCOUNTS, "accounts"), *singer(odd, "odd")]
    messages.insert(2, messages.pop(6))  # streams come mixed
    shop.drop("tap.jsonl", lines(messages))
    report = shop.load()
    assert report.files == {"loaded": 3, "unrecognised": 1}
    assert shop.rows("orders", "order_id", "total", "row_number") == [("A1", "10.5000", "1"), ("A2", "20.0000", "2")]
    assert shop.rows("customers", "customer_email", "tier") == [("ann@shop.test", "gold")]
    assert shop.rows("rejected", "reason") == []
    paths = shop.frame(
        "SELECT path, format FROM vault.raw.paths JOIN vault.raw.files USING (file_id) ORDER BY path"
    ).rows()
    assert paths == [
        ("tap.jsonl", "singer"),
        ("tap.jsonl/accounts", "canonical"),
        ("tap.jsonl/odd", None),
        ("tap.jsonl/orders", "canonical"),
    ]
    assert shop.load().load_id is None


def test_a_broken_message_is_refused_and_costs_only_itself(shop: Shop) -> None:
    first, *rest = lines(singer(ORDERS)).splitlines()
    shop.drop("tap.jsonl", "\n".join([first, rest[0], '{"type": "RECORD", "rec', '{"type": "RECORD"}', *rest[1:]]))
    shop.load()
    assert shop.rows("orders", "order_id") == [("A1",), ("A2",)]
    assert shop.rows("rejected", "reason") == [("unreadable",), ("missing",)]


def test_messages_without_records_say_so(shop: Shop) -> None:
    shop.drop("tap.jsonl", lines(singer([])))
    shop.load()
    assert shop.rows("files", "status", "reason") == [("failed", "it holds no records")]


def test_an_unknown_export_within_is_named_by_its_own_columns(shop: Shop) -> None:
    shop.drop("tap.jsonl", lines([*raw_rows([{"order_id": "A1", "ordered_at": "2025-06-01"}])]))
    shop.load()
    [(status, reason)] = shop.rows("files", "status", "reason")
    assert status == "unrecognised"
    assert "total" in str(reason)


def test_a_record_that_has_a_type_is_no_message(shop: Shop) -> None:
    shop.drop("orders.jsonl", lines([{**ORDERS[0], "type": "RECORD OF ORDER"}, {**ORDERS[1], "type": "STATE"}]))
    shop.load()
    assert shop.rows("orders", "order_id") == [("A1",), ("A2",)]


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not beside this project")
@pytest.mark.parametrize("case", sorted(path.name for path in CASES.glob("*")) if CASES.is_dir() else [])
def test_the_cases(shop: Shop, case: str) -> None:
    shop.drop(case, (CASES / case).read_bytes())
    shop.load()
    assert shop.rows("files", "status", "format", "accepted", "rejected") == [("loaded", "delighted", "3", "0")]
    assert shop.rows("responses", "response_id", "score") == [("100", "9"), ("101", "0"), ("102", "7")]
