"""Records that pipeline tools have wrapped are read as what they hold."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.raw.files.reader import ContentError, Reader
from pipelines.raw.files.wrapped import of_csv, of_json, of_parquet, unwrap, wrapping
from tests.raw.conftest import SAMPLES, Shop

EMITTED = "2025-06-01T00:00:00Z"
GIVEN: list[dict[str, Any]] = json.loads((SAMPLES / "delighted.json").read_text(encoding="utf-8"))


def lines(given: list[object]) -> str:
    return "".join(f"{json.dumps(document, ensure_ascii=False)}\n" for document in given)


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


WRAPPINGS: dict[str, tuple[str | None, Callable[[list[dict[str, Any]]], str]]] = {
    "singer": ("singer", lambda given: lines(singer(given))),
    "singer, as a list": ("singer", lambda given: json.dumps(singer(given))),
    "airbyte messages": ("airbyte", lambda given: lines(airbyte_messages(given))),
    "airbyte rows": ("airbyte", lambda given: lines([*raw_rows(given)])),
    "airbyte rows, text": ("airbyte", lambda given: lines([*raw_rows(given, as_text=True)])),
    "airbyte rows, as a list": ("airbyte", lambda given: json.dumps(raw_rows(given))),
    "orders": (None, lambda given: lines([{"type": "RECORD OF ORDER"}, *given])),
}


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


def documents(text: str) -> list[object]:
    try:
        return [json.loads(text)]
    except ValueError:
        return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("name", WRAPPINGS)
def test_json_is_unwrapped(connection: duckdb.DuckDBPyConnection, tmp_path: Path, name: str) -> None:
    tool, wrap = WRAPPINGS[name]
    path = tmp_path / "wrapped"
    path.write_text(wrap(GIVEN), encoding="utf-8")
    found = documents(wrap(GIVEN))
    assert wrapping(found) == tool
    if tool is not None:
        inner = unwrap(connection, of_json(path, tool, is_lines=len(found) > 1), tmp_path, "content")
        assert isinstance(inner, Reader)
        assert [json.loads(line) for line in inner.path.read_text(encoding="utf-8").splitlines()] == GIVEN


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_csv_is_unwrapped(connection: duckdb.DuckDBPyConnection, tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "raw.csv"
    path.write_text(raw_csv(GIVEN, delimiter), encoding="utf-8", newline="")
    header = ("_airbyte_ab_id", "_airbyte_emitted_at", "_airbyte_data")
    inner = unwrap(connection, of_csv(path, header, delimiter), tmp_path, "content")
    assert isinstance(inner, Reader)
    assert [json.loads(line) for line in inner.path.read_text(encoding="utf-8").splitlines()] == GIVEN


def test_parquet_is_unwrapped(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    raw_parquet(GIVEN, tmp_path)
    inner = unwrap(connection, of_parquet(tmp_path / "raw.parquet"), tmp_path, "content")
    assert isinstance(inner, Reader)
    assert [json.loads(line) for line in inner.path.read_text(encoding="utf-8").splitlines()] == GIVEN


def test_a_file_that_cannot_be_unwrapped_is_named(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "raw.csv"
    path.write_text("_airbyte_data,x\n{},1,2,3\n", encoding="utf-8")
    with pytest.raises(ContentError, match="the records that Airbyte has wrapped cannot be read"):
        unwrap(connection, of_csv(path, ("_airbyte_data", "x"), ","), tmp_path, "content")


def landed(shop: Shop) -> dict[str, list[tuple[object, ...]]]:
    """What the records of all kinds are, without the file they came in."""
    return {
        kind: shop.connection.sql(f"SELECT * EXCLUDE (file_id) FROM vault.raw.{kind} ORDER BY ALL").fetchall()
        for kind in ("responses", "invitations", "rejected")
    }


@pytest.mark.first(1)
@pytest.mark.parametrize("content", [lines(singer(GIVEN)), raw_csv(GIVEN)], ids=["singer", "airbyte"])
def test_wrapped_records_are_those_within(make_shop: Callable[..., Shop], content: str) -> None:
    plain, wrapped = make_shop(), make_shop()
    plain.drop("plain.jsonl", lines([*GIVEN]))
    wrapped.drop("wrapped.txt", content)
    plain.load()
    wrapped.load()
    assert landed(wrapped) == landed(plain)
    assert landed(plain)["responses"]
    assert wrapped.rows("files", "status", "format", "rows") == [("loaded", "delighted", str(len(GIVEN)))]


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
