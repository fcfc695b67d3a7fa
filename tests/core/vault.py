"""The vault filled by hand: records as the loader would write them, without landing files.

Here: record makers, one load of files, and what core then holds. Not here: expectations. A file is a source and its
records; its id is its content's, as the contract has it, so that the same records in any load are the same file.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from pipelines.core.conform import conform
from pipelines.core.tables import TABLES
from pipelines.settings import Settings

SALT = "a salt for the tests"
ZONE = ZoneInfo("UTC")
_PROMISES = frozenset({"promised_at"})


def settings_for(home, **values):
    """Settings of a shop below a temporary folder, its clock late in 2025."""
    return Settings(**{"home": home, "salt": SALT, "as_of": datetime(2025, 12, 31, tzinfo=UTC), **values})


def at(text, zone=ZONE):
    """Instant of `YYYY-MM-DD` or `YYYY-MM-DD HH:MM[:SS]` in UTC, or in another zone."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def days(count):
    return timedelta(days=count)


def who(identity):
    """The pseudonym of a person: `a@x` is an address, `shopify:7` a source's id."""
    name = f"e:{identity.lower()}" if "@" in identity else f"i:{identity}"
    return hmac.new(SALT.encode(), name.encode(), hashlib.sha256).hexdigest()[:16]


@dataclass(frozen=True)
class Record:
    """A row of raw.<kind>, without its provenance."""

    kind: str
    values: Mapping[str, Any] = field(hash=False)


def _record(kind, values, who_is=None):
    """`who_is`: an e-mail address, an id, or both as a pair."""
    for name in (who_is,) if isinstance(who_is, str) else who_is or ():
        values["customer_email" if "@" in name else "customer_id"] = name
    return Record(kind, {name: _instant(name, value) for name, value in values.items()})


def _instant(name, value):
    return at(value) if name.endswith("_at") and isinstance(value, str) else value


def order(order_id, who_is, ordered_at, total="10", **values):
    return _record("orders", {"order_id": order_id, "ordered_at": ordered_at, "total": total, **values}, who_is)


def line(order_id, line_id, quantity="1", unit_price=None, **values):
    values = {"order_id": order_id, "line_id": line_id, "quantity": quantity, "unit_price": unit_price, **values}
    return _record("order_lines", values)


def response(response_id, who_is, responded_at, score=9, **values):
    values = {"response_id": response_id, "responded_at": responded_at, "score": score, **values}
    return _record("responses", values, who_is)


def customer(who_is, **values):
    return _record("customers", values, who_is)


def invitation(invitation_id, who_is, invited_at, **values):
    return _record("invitations", {"invitation_id": invitation_id, "invited_at": invited_at, **values}, who_is)


def follow_up(response_id, contacted_at, **values):
    return _record("follow_ups", {"response_id": response_id, "contacted_at": contacted_at, **values})


def review(who_is, given_at):
    return _record("reviews_given", {"given_at": given_at}, who_is)


def referral(referral_id, advocate, friend, referred_at, **values):
    return _record(
        "referrals",
        {
            "referral_id": referral_id,
            "advocate_email": advocate,
            "friend_email": friend,
            "referred_at": referred_at,
            **values,
        },
    )


def rate(day, currency, rate):
    return Record("exchange_rates", {"date": date.fromisoformat(day), "currency": currency, "rate": rate})


@dataclass(frozen=True)
class File:
    """What one landing file holds. `name` stands for bytes that differ though the records do not."""

    records: tuple[Record, ...]
    source: str = "canonical"
    name: str = ""

    @property
    def file_id(self):
        """Of the content."""
        text = repr([self.source, self.name, [(r.kind, sorted(r.values.items())) for r in self.records]])
        return self.name or hashlib.sha256(text.encode()).hexdigest()

    @property
    def event_at(self):
        """The latest event in the file."""
        times = [
            value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, tzinfo=UTC)
            for record in self.records
            for name, value in record.values.items()
            if isinstance(value, date) and name not in _PROMISES
        ]
        return max(times, default=None)


def file(*records, source="canonical", name=""):
    return File(tuple(records), source, name)


def identities(source: str, values: Mapping[str, Any]) -> dict[str, str | None]:
    """The identity columns of a row, as the loader makes them."""
    if "advocate_email" in values:
        return {
            "identity": _address(values.get("advocate_email")),
            "friend_identity": _address(values.get("friend_email")),
        }
    number = values.get("customer_id")
    return {"identity": _address(values.get("customer_email")) or (f"i:{source}:{number}" if number else None)}


def _address(email):
    return f"e:{email.lower()}" if email else None


class Vault:
    """The vault of an open connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.files: list[File] = []

    def load(self, *files: File) -> int:
        """One load of new files; the load's number."""
        loaded = {file.file_id for file in self.files}
        fresh = {file.file_id: file for file in files if file.file_id not in loaded}
        [(newest,)] = self.connection.sql("SELECT coalesce(max(load_id), 0) FROM vault.raw.files").fetchall()
        load_id = newest + 1
        self.connection.execute("BEGIN")
        kinds: dict[str, list[dict[str, Any]]] = {}
        for one in fresh.values():
            for number, record in enumerate(one.records, 1):
                kinds.setdefault(record.kind, []).append(_row(one, number, record))
            self._insert("files", [_ledger(one, load_id)])
        for kind, rows in kinds.items():
            self._insert(kind, rows)
        self.files.extend(fresh.values())
        self._keep_identities(load_id)
        self.connection.execute("COMMIT")
        return load_id

    def _insert(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        names = sorted({name for row in rows for name in row})
        places = ", ".join("CAST(? AS JSON)" if name in {"answers", "extra"} else "?" for name in names)
        casts = ", ".join(f"CAST({n} AS MAP(VARCHAR, VARCHAR)) AS {n}" if n == "answers" else f'"{n}"' for n in names)
        columns = ", ".join(f'"{name}"' for name in names)
        for start in range(0, len(rows), 50):
            part = rows[start : start + 50]
            values = ", ".join(f"({places})" for _ in part)
            self.connection.execute(
                f"INSERT INTO vault.raw.{table} ({columns}) SELECT {casts} FROM (VALUES {values}) AS rows ({columns})",
                [row.get(name) for row in part for name in names],
            )

    def _keep_identities(self, load_id: int) -> None:
        people = components(
            [pair for one in self.files for record in one.records for pair in _pairs(one.source, record)]
        )
        stored = self.connection.sql("SELECT identity, person FROM vault.raw.identities").fetchall()
        changed = sorted(set(people.items()) - set(stored))
        for identity, _ in changed:
            self.connection.execute("DELETE FROM vault.raw.identities WHERE identity = ?", [identity])
        if changed:
            self._insert("identities", [{"identity": i, "person": p, "load_id": load_id} for i, p in changed])


def _row(one: File, number: int, record: Record) -> dict[str, Any]:
    row = {
        name: str(value) if isinstance(value, Decimal) else value
        for name, value in record.values.items()
        if value is not None
    }
    for name in ("answers", "extra"):
        if name in row:
            row[name] = json.dumps(row[name])
    keeps_people = record.kind not in {"order_lines", "exchange_rates", "follow_ups"}
    return row | {
        "source": one.source,
        "file_id": one.file_id,
        "row_number": number,
        "file_event_at": one.event_at,
        **(identities(one.source, record.values) if keeps_people else {}),
    }


def _ledger(one: File, load_id: int) -> dict[str, Any]:
    return {
        "file_id": one.file_id,
        "kind": one.records[0].kind,
        "format": one.source,
        "format_fingerprint": "1",
        "bytes": 1,
        "rows": len(one.records),
        "status": "loaded",
        "load_id": load_id,
        "loaded_at": at("2025-12-31"),
    }


def _pairs(source: str, record: Record) -> list[tuple[str, str | None]]:
    columns = identities(source, record.values)
    if "friend_identity" in columns:
        return [(identity, None) for identity in columns.values() if identity]
    identity, number = columns["identity"], record.values.get("customer_id")
    if identity is None:
        return []
    return [(identity, f"i:{source}:{number}" if number and identity.startswith("e:") else None)]


def components(pairs: Iterable[tuple[str, str | None]]) -> dict[str, str]:
    """Every identity and the least one of its connected set."""
    least: dict[str, str] = {}

    def root(node: str) -> str:
        while least[node] != node:
            node = least[node]
        return node

    for left, right in pairs:
        for node in (left, right):
            if node is not None:
                least.setdefault(node, node)
        if right is not None:
            low, high = sorted((root(left), root(right)))
            least[high] = low
    return {node: root(node) for node in least}


def conformed(connection, settings, *files):
    """Load the files at once and conform."""
    Vault(connection).load(*files)
    return conform(connection, settings)


def rows(connection, table, columns="*", where="true"):
    """Rows of a table as dicts, in the order of their columns."""
    relation = connection.sql(f"SELECT {columns} FROM {table} WHERE {where} ORDER BY ALL")
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def row(connection, table, key, columns="*"):
    """The one row of a core table with that id."""
    name = {"core.orders": "order_id", "core.responses": "response_id", "core.customers": "customer_id"}[table]
    [only] = rows(connection, table, columns, f"{name} = '{key}'")
    return only


def snapshot(connection):
    """Every core table as text, sorted: equal when, and only when, core is equal byte for byte."""
    tables = (*TABLES, "ops.superseded")
    return {table: [repr(row) for row in connection.sql(f"FROM {table} ORDER BY ALL").fetchall()] for table in tables}
