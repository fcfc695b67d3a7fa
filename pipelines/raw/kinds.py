"""What a record of each kind must be, read from the DDL of schema raw in the vault.

Here: columns, types, NOT NULL and CHECK of each kind. There is no second list: a column added to sql/schema/raw.sql is
read, tested and stored without a change here. Not here: how a text becomes a type (values.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from pipelines.warehouse.quoting import identifier, literal
from pipelines.warehouse.sql_files import statements

PROVENANCE = frozenset(
    {"source", "file_id", "row_number", "file_event_at", "extra", "answers"}
    | {"identity", "friend_identity", "phone_identity"}
)
# Identity column, column with an e-mail address, column with an id of the source.
IDENTITIES = (
    ("identity", "customer_email", "customer_id"),
    ("identity", "advocate_email", None),
    ("friend_identity", "friend_email", None),
)
# What names a record within its source: two rows of one key are versions of one record.
KEYS = {
    "responses": ("response_id",),
    "orders": ("order_id",),
    "order_lines": ("order_id", "line_id"),
    "customers": ("identity",),
    "invitations": ("invitation_id",),
    "referrals": ("referral_id",),
    "follow_ups": ("response_id", "contacted_at"),
    "reviews_given": ("identity", "given_at"),
    "exchange_rates": ("date", "currency"),
    "erasures": ("identity", "requested_at"),
}
# What one id must fix: rows of one file that share it and differ here are not versions of one record.
FIXED = {
    "responses": ("responded_at",),
    "orders": ("order_number", "ordered_at", "identity"),
    "invitations": ("invited_at",),
    "referrals": ("referred_at",),
}
# A promise lies in the future of the file that holds it, so it does not date the file.
NOT_EVENTS = frozenset({"promised_at", "file_event_at"})
_PRESENCE = re.compile(r"\(*(\w+) IS NOT NULL\)*")


@dataclass(frozen=True)
class Column:
    """A canonical column: its type, whether it is required, the CHECKs on it alone."""

    name: str
    type: str
    required: bool
    checks: tuple[str, ...]


@dataclass(frozen=True)
class Kind:
    """A kind of record: canonical columns, and what must hold between them.

    either: columns of which at least one must be given. provenance: the columns that the loader fills.
    """

    name: str
    columns: tuple[Column, ...]
    either: tuple[str, ...]
    checks: tuple[tuple[str, tuple[str, ...]], ...]
    provenance: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the canonical columns."""
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns that may not be empty."""
        return tuple(column.name for column in self.columns if column.required)

    @property
    def key(self) -> str:
        """SQL of a record's key as one text, over the columns of its table; NULL if a part of it is NULL."""
        parts = [f"CAST({name} AS VARCHAR)" for name in KEYS.get(self.name, ())]
        return " || chr(31) || ".join(parts) or "NULL"

    @property
    def times(self) -> tuple[str, ...]:
        """Columns with the time of an event."""
        return tuple(
            column.name
            for column in self.columns
            if column.type in {"TIMESTAMP WITH TIME ZONE", "DATE"} and column.name not in NOT_EVENTS
        )

    @property
    def main_time(self) -> str | None:
        """The time that dates a record: the required one, else the first."""
        required = [name for name in self.times if name in self.required]
        return next(iter((*required, *self.times)), None)

    @property
    def has_phone(self) -> bool:
        """Whether its records may name somebody by a phone number."""
        return "phone_identity" in self.provenance

    @property
    def identities(self) -> tuple[tuple[str, str, str | None], ...]:
        """Identity columns this kind has, with the columns they are made of."""
        return tuple(
            (target, email, number)
            for target, email, number in IDENTITIES
            if target in self.provenance and email in self.names
        )


def read_kinds(connection: duckdb.DuckDBPyConnection) -> dict[str, Kind]:
    """The kinds of record of the vault, ordered by name: an old file has its tables in another order than a new one."""
    # Not duckdb_columns(), which describes the warehouse's thousand columns too: 5 ms of processor instead of 21.
    tables = connection.execute("SHOW TABLES FROM vault.raw").fetchall()
    described = connection.execute(
        " UNION ALL ".join(
            f"SELECT {literal(name)}, column_name, column_type, \"null\" = 'NO' "
            f"FROM (DESCRIBE vault.raw.{identifier(name)})"
            for (name,) in sorted(tables)
        )
    ).fetchall()
    columns: dict[str, list[tuple[str, str, bool]]] = {}
    for table, name, kind, is_required in described:
        columns.setdefault(table, []).append((name, kind, is_required))
    constraints = connection.execute(statements("raw/kinds_checks.sql")).fetchall()
    kinds = {}
    for table, declared in columns.items():
        if "file_event_at" not in [name for name, _, _ in declared]:
            continue
        checks = [(text, tuple(names)) for name, text, names in constraints if name == table]
        either = next((names for text, names in checks if _is_presence(text, names)), ())
        kinds[table] = Kind(
            name=table,
            columns=tuple(
                Column(name, kind, is_required, tuple(text for text, names in checks if names == (name,)))
                for name, kind, is_required in declared
                if name not in PROVENANCE
            ),
            either=either,
            checks=tuple((text, names) for text, names in checks if len(names) > 1 and names != either),
            # In the order of the DDL: the formats' fingerprint depends on it, and a set's order changes by process.
            provenance=tuple(name for name, _, _ in declared if name in PROVENANCE),
        )
    return kinds


def _is_presence(expression: str, names: tuple[str, ...]) -> bool:
    """Whether a CHECK says only that one of several columns is given."""
    parts = [_PRESENCE.fullmatch(part.strip()) for part in expression.strip().split(" OR ")]
    return len(names) > 1 and all(parts)


@contextmanager
def accepted_records(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """For the block: one row per accepted record with its kind, source, key, file, row and the file's event time."""
    parts = [
        f"SELECT '{kind.name}' AS kind, source, {kind.key} AS record_key, file_id, row_number, "
        f"file_event_at AS event_at FROM vault.raw.{identifier(kind.name)}"
        for kind in read_kinds(connection).values()
    ]
    connection.execute(f"CREATE OR REPLACE TEMP VIEW accepted_records AS {' UNION ALL '.join(parts)}")
    yield
    connection.execute("DROP VIEW temp.accepted_records")
