"""Rows of one file that are equal in every cell, and the records that count only because they are repeated.

Here: finding them in the table `input`, hiding them from a format, and the temporary table repeated_records. Not here:
the reading itself (check.py), and which of those records are in doubt (sql/raw/ledger/repeated_rows.sql).

Nothing says of a format whether it sums rows, numbers them, or takes the first: the batch is read a second time without
the repeated rows, and what then differs counted because of them. A record with an id of its own is no different, so a
repeated row of an export of such records is no matter. Without repeated rows there is no second reading; finding out
takes 0.7 s of processor for 1,000,000 rows of 24 columns, whose load takes 15 s.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import duckdb

from pipelines.raw.kinds import KEYS, Kind
from pipelines.warehouse.quoting import identifier
from pipelines.warehouse.sql_files import statements

ONCE = "read_once"
TEMPORARY = ("repeated_rows", "repeated_records", ONCE)
# Money of a record, by kind.
_WORTH = {"orders": "total", "order_lines": "quantity * unit_price"}
# What a row above moves when it goes; a line's id may be its place in the order.
_PLACES = {"order_lines": "row_number, line_id"}


def make_table(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the empty table repeated_records (file_id, kind, source, id, records, money).

    id: of an order, an answer, ...; records: how many of it count because of repeated rows; money: what they add, in
    the record's currency; NULL for kinds without money.
    """
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE repeated_records "
        "(file_id VARCHAR, kind VARCHAR, source VARCHAR, id VARCHAR, records BIGINT, money DECIMAL(18, 4))"
    )


def find(connection: duckdb.DuckDBPyConnection, columns: Iterable[str]) -> bool:
    """Whether rows of `input` repeat an earlier row of their file; they are then in the table repeated_rows."""
    cells = ", ".join(identifier(name) for name in columns)
    digests = f"SELECT file_id, row_number, hash({cells}) AS digest FROM input WHERE coalesce({cells}) IS NOT NULL"
    twice = f"SELECT file_id, digest FROM ({digests}) GROUP BY ALL HAVING count(*) > 1"
    if not connection.execute(f"SELECT 1 FROM ({twice}) LIMIT 1").fetchall():
        return False
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE repeated_rows AS SELECT file_id, row_number FROM input "
        f"WHERE (file_id, hash({cells})) IN ({twice}) "
        f"QUALIFY row_number() OVER (PARTITION BY file_id, {cells} ORDER BY row_number) > 1"
    )
    return True


@contextmanager
def hidden(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """For the block: `input` holds the files with repeated rows only, without those rows."""
    connection.execute("ALTER VIEW input RENAME TO whole_input")
    connection.execute(
        "CREATE TEMP VIEW input AS FROM whole_input ANTI JOIN repeated_rows USING (file_id, row_number) "
        "WHERE file_id IN (SELECT file_id FROM repeated_rows)"
    )
    try:
        yield
    finally:
        connection.execute("DROP VIEW input; ALTER VIEW whole_input RENAME TO input")


def note(connection: duckdb.DuckDBPyConnection, kind: Kind, first: int) -> None:
    """Append to repeated_records what differs between checked_<kind>, from a rowid on, and the table read_once."""
    if KEYS[kind.name][0] == "identity":
        return  # no place in a file is part of such a key, and it names a person
    newest = "updated_at DESC NULLS LAST, " if "updated_at" in kind.names else ""
    text = statements("raw/ledger/repeated_records.sql")
    for placeholder, value in (
        ("this_kind", kind.name),
        ("this_key", ", ".join(KEYS[kind.name])),
        ("this_id", KEYS[kind.name][0]),
        ("this_worth", _WORTH.get(kind.name, "NULL")),
        ("these_places", _PLACES.get(kind.name, "row_number")),
        ("this_version", newest + "row_number DESC"),
    ):
        text = text.replace(placeholder, value)
    connection.execute(text, {"first": first})
    connection.execute(f"DROP TABLE {ONCE}")
