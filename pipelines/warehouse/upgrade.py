"""Upgrading working files that an older version made.

Here: how the tables of a file differ from sql/schema, giving the vault today's tables, and replacing an old warehouse
by a new one. Not here: opening them (connection.py), what fills the new warehouse (the next night), or which records
must be read again (raw.files records the format by which each content was read).

The vault cannot be computed from anything else Northstar holds, so its rows move to the new tables, in one transaction.
The warehouse can, so only its logs are copied; nothing is published until its months are computed.
"""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cache
from pathlib import Path

import duckdb

from pipelines.warehouse.quoting import identifier, literal

# Tables that conforming and computing write anew; the other tables of ops are logs.
DERIVED = frozenset(
    {"ops.files", "ops.rejected", "ops.doubts", "ops.superseded", "ops.computed", "ops.checked", "ops.state"}
)
# Row of ops.state: the warehouse is new, and nothing is published until every month is computed.
RENEWED = "renewed"
# Rows of ops.state that describe the file, not what core and figures were made from.
COPIED_STATE = ("salt_fingerprint", "compacted_rewrite")
Column = tuple[str, str, bool, str | None]
Structure = dict[str, tuple[tuple[Column, ...], tuple[str, ...]]]


class UpgradeError(RuntimeError):
    """A file of another version cannot be upgraded; the message says why."""


@cache
def expected(ddl: tuple[str, ...]) -> Structure:
    """The tables that DDL makes in an empty database."""
    with duckdb.connect(":memory:") as connection:
        for text in ddl:
            connection.execute(text)
        return structure(connection, "memory")


def structure(connection: duckdb.DuckDBPyConnection, database: str) -> Structure:
    """By schema.table: columns (name, type, whether NULL is allowed, default) in order, and constraints."""
    if not connection.execute("SELECT 1 FROM duckdb_tables() WHERE database_name = $1 LIMIT 1", [database]).fetchall():
        # Asked of a new file: 30 ms of processor of a first night.
        return {}
    tables = connection.sql(
        """
        SELECT schema_name || '.' || table_name AS name, columns, coalesce(texts, []) AS texts
        FROM (
            SELECT schema_name, table_name,
                list((column_name, data_type, is_nullable, column_default) ORDER BY column_index) AS columns
            FROM duckdb_columns()
            SEMI JOIN duckdb_tables() USING (database_name, schema_name, table_name)
            WHERE database_name = $database AND NOT internal GROUP BY ALL
        ) LEFT JOIN (
            SELECT schema_name, table_name, list(constraint_text ORDER BY constraint_text) AS texts
            FROM duckdb_constraints() WHERE database_name = $database GROUP BY ALL
        ) USING (schema_name, table_name)
        ORDER BY name
        """,
        params={"database": database},
    ).fetchall()
    return {name: (tuple(columns), tuple(texts)) for name, columns, texts in tables}


def differing(actual: Structure, wanted: Structure) -> list[str]:
    """Tables that exist and are not as wanted, or not wanted at all; missing tables are no difference."""
    return [name for name, table in actual.items() if wanted.get(name) != table]


def upgrade_vault(connection: duckdb.DuckDBPyConnection, path: Path, ddl: tuple[str, ...]) -> None:
    """Give the tables of the vault, the connection's default catalog, today's structure; in one transaction.

    Raises:
        UpgradeError: a column no longer exists, or rows do not fit; the vault stays as it was.
    """
    actual = structure(connection, "vault")
    # A new vault has nothing to compare, and expected() takes time.
    wanted = expected(ddl) if actual else {}
    old = [name for name in differing(actual, wanted) if name in wanted]
    names = {name: [column[0] for column in actual[name][0]] for name in old}
    for name in old:
        lost = sorted(set(names[name]) - {column[0] for column in wanted[name][0]})
        if lost:
            message = f"{path} has columns of {name} that this Northstar does not know ({', '.join(lost)}): {_ADVICE}"
            raise UpgradeError(message)
    connection.execute("BEGIN TRANSACTION")
    try:
        for name in old:
            connection.execute(f"ALTER TABLE {name} RENAME TO {_before(name)}")
        for text in ddl:
            connection.execute(text)
        for name in old:
            columns = ", ".join(map(identifier, names[name]))
            connection.execute(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM raw.{_before(name)}")
            connection.execute(f"DROP TABLE raw.{_before(name)}")
        connection.execute("COMMIT")
    except duckdb.Error as error:
        with suppress(duckdb.Error):
            connection.execute("ROLLBACK")
        message = (
            f"{path} was made by an older Northstar and its rows do not fit this one's tables ({error}): {_ADVICE}"
        )
        raise UpgradeError(message) from error


_ADVICE = "install the version that made it, or make it anew with `northstar rebuild --vault`."


def renew_warehouse(connection: duckdb.DuckDBPyConnection, path: Path, ddl: tuple[str, ...], options: str) -> list[str]:
    """Replace the warehouse by an empty one with the old one's logs, by one rename; it is detached afterwards.

    Returns:
        The logs whose rows no longer fit and that begin anew.
    """
    draft = path.with_name(f".{path.name}.new")
    for leftover in (draft, draft.with_name(draft.name + ".wal")):
        leftover.unlink(missing_ok=True)
    connection.execute(f"ATTACH {literal(str(draft))} AS fresh {options}")
    connection.execute("USE fresh")
    for text in ddl:
        connection.execute(text)
    actual, wanted = structure(connection, "warehouse"), expected(ddl)
    lost = []
    for name in (name for name in actual if name in wanted and name.startswith("ops.") and name not in DERIVED):
        wanted_columns = {column[0] for column in wanted[name][0]}
        shared = [column[0] for column in actual[name][0] if column[0] in wanted_columns]
        columns = ", ".join(map(identifier, shared))
        try:
            connection.execute(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM warehouse.{name}")
        except duckdb.Error:
            lost.append(name)
    if "ops.state" in actual:
        connection.execute(
            "INSERT INTO ops.state SELECT * FROM warehouse.ops.state WHERE list_contains($1, name)", [COPIED_STATE]
        )
    connection.execute("INSERT INTO ops.state (name, value) VALUES ($1, 'yes')", [RENEWED])
    connection.execute("CHECKPOINT fresh")
    # Empties the old file's write-ahead log, which would otherwise be taken for the new one's.
    connection.execute("CHECKPOINT warehouse")
    connection.execute("USE memory")
    connection.execute("DETACH fresh")
    connection.execute("DETACH warehouse")
    take_place(draft, path)
    return lost


def take_place(draft: Path, path: Path) -> None:
    """Rename a closed database over another, so that a power cut leaves one of the two."""
    with draft.open("rb") as made:
        os.fsync(made.fileno())
    draft.chmod(0o600)
    # A file that could not be opened leaves its write-ahead log, which would be taken for the new one's.
    path.with_name(path.name + ".wal").unlink(missing_ok=True)
    draft.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _before(name: str) -> str:
    return f"{name.split('.')[1]}_before"
