"""Working files that an older version made.

Here: how the tables of a file differ from sql/schema, giving the vault the tables of now, and putting a new warehouse
in an old one's place. Not here: opening them (connection.py), what fills the new warehouse (the next night), records
that are to be read again (raw.files tells of each content by which format it was read).

The vault cannot be computed from anything Northstar holds, so its tables are taken over, in one transaction. The
warehouse can, so nothing in it is taken over but the logs; until its months are computed nothing is published.
"""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cache
from pathlib import Path

import duckdb

# What conforming and computing write anew; the other tables of ops are logs.
DERIVED = frozenset({"ops.files", "ops.rejected", "ops.superseded", "ops.computed", "ops.state"})
# Rows of ops.state that are about the file, not about what core and figures were made from.
RENEWED = "renewed"
KEPT_STATE = ("salt_fingerprint", "compacted_rewrite")
Column = tuple[str, str, bool, str | None]
Structure = dict[str, tuple[tuple[Column, ...], tuple[str, ...]]]


class UpgradeError(RuntimeError):
    """A file of another version cannot be taken over; the message says why."""


@cache
def expected(ddl: tuple[str, ...]) -> Structure:
    """The tables that DDL makes in an empty database."""
    with duckdb.connect(":memory:") as connection:
        for text in ddl:
            connection.execute(text)
        return structure(connection, "memory")


def structure(connection: duckdb.DuckDBPyConnection, database: str) -> Structure:
    """By schema.table: columns (name, type, whether NULL is allowed, default) in order, and constraints."""
    found = connection.sql(
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
    return {name: (tuple(columns), tuple(texts)) for name, columns, texts in found}


def differing(found: Structure, wanted: Structure) -> list[str]:
    """Tables that are there and are not as wanted, or not wanted; those that are missing are no difference."""
    return [name for name, table in found.items() if wanted.get(name) != table]


def take_over_vault(connection: duckdb.DuckDBPyConnection, path: Path, ddl: tuple[str, ...]) -> None:
    """Give the tables of the vault, the connection's default catalog, the structure of now; in one transaction.

    Raises:
        UpgradeError: a column is not known any longer, or rows do not fit; the vault stays as it was.
    """
    found = structure(connection, "vault")
    # What the texts make is asked only of a vault that has tables.
    wanted = expected(ddl) if found else {}
    old = [name for name in differing(found, wanted) if name in wanted]
    names = {name: [column[0] for column in found[name][0]] for name in old}
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
            columns = ", ".join(f'"{column}"' for column in names[name])
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
    """Put an empty warehouse with the logs of the old one in its place, by one rename; it is detached afterwards.

    Returns:
        The logs whose rows do not fit any longer and that begin anew.
    """
    draft = path.with_name(f".{path.name}.new")
    for leftover in (draft, draft.with_name(draft.name + ".wal")):
        leftover.unlink(missing_ok=True)
    connection.execute(f"ATTACH '{_escaped(draft)}' AS fresh {options}")
    connection.execute("USE fresh")
    for text in ddl:
        connection.execute(text)
    found, wanted = structure(connection, "warehouse"), expected(ddl)
    lost = []
    for name in (name for name in found if name in wanted and name.startswith("ops.") and name not in DERIVED):
        known = {column[0] for column in wanted[name][0]}
        both = [column[0] for column in found[name][0] if column[0] in known]
        columns = ", ".join(f'"{column}"' for column in both)
        try:
            connection.execute(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM warehouse.{name}")
        except duckdb.Error:
            lost.append(name)
    if "ops.state" in found:
        connection.execute(
            "INSERT INTO ops.state SELECT * FROM warehouse.ops.state WHERE list_contains($1, name)", [KEPT_STATE]
        )
    connection.execute("INSERT INTO ops.state (name, value) VALUES ($1, 'yes')", [RENEWED])
    connection.execute("CHECKPOINT fresh")
    # The old file's log is in it, or would be taken for the new one's.
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
    # Of a file that could not be opened; it would be taken for the new one's.
    path.with_name(path.name + ".wal").unlink(missing_ok=True)
    draft.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _before(name: str) -> str:
    return f"{name.split('.')[1]}_before"


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")
