"""Rewriting the working files, so that erased data is nowhere in their bytes.

Here: when that is due, and the copy that replaces a file. Not here: what is erased
(pipelines/raw/erasure/erase.py). DuckDB keeps the text of deleted rows in free blocks; a copied database has none. A
kill leaves each file whole, old or new, and the next publishing does what is still due.
"""

from __future__ import annotations

import os

import duckdb

from pipelines.settings import Settings
from pipelines.warehouse.connection import DEFINITIONS, STORAGE_VERSION, attach, state, sync_folder
from pipelines.warehouse.quoting import literal, quoted

STATE = "compacted_rewrite"


def is_due(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether people were erased since the files were last rewritten, and are gone from core and figures too.

    A figure that still names a customer whom core no longer has must be computed again first.
    """
    rewrite = _newest(connection)
    if rewrite <= int(state(connection, STATE) or 0) or rewrite > int(state(connection, "applied_load_id") or 0):
        return False
    tables = connection.sql(
        "SELECT schema_name || '.' || table_name FROM duckdb_columns() WHERE database_name = 'warehouse' "
        "AND column_name = 'customer_id' AND schema_name NOT IN ('core', 'ops') ORDER BY ALL"
    ).fetchall()
    customers = "(SELECT customer_id FROM core.customers)"
    return not any(
        connection.sql(f"SELECT 1 FROM {quoted(table)} WHERE customer_id NOT IN {customers} LIMIT 1").fetchall()
        for (table,) in tables
    )


def compact(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Replace vault and warehouse by copies of themselves; the connection continues with these."""
    rewrite = _newest(connection)
    files = {
        "vault": (settings.vault_path, ""),
        "warehouse": (settings.warehouse_path, f"(STORAGE_VERSION '{STORAGE_VERSION}')"),
    }
    drafts = {alias: path.with_name(f".{path.name}.copy") for alias, (path, _) in files.items()}
    for alias, (_, options) in files.items():
        for leftover in (drafts[alias], drafts[alias].with_name(drafts[alias].name + ".wal")):
            leftover.unlink(missing_ok=True)
        connection.execute(f"CHECKPOINT {alias}")
        connection.execute(f"ATTACH {literal(str(drafts[alias]))} AS fresh {options}")
        connection.execute(f"COPY FROM DATABASE {alias} TO fresh")
        if alias == "warehouse":
            # Only in the copy: the old file must not say that it was rewritten.
            connection.execute("DELETE FROM fresh.ops.state WHERE name IN (?, ?)", [STATE, DEFINITIONS])
            connection.execute("INSERT INTO fresh.ops.state (name, value) VALUES (?, ?)", [STATE, str(rewrite)])
        connection.execute("CHECKPOINT fresh")
        connection.execute("DETACH fresh")
    connection.execute("USE memory")
    # The warehouse last: it records that both are done.
    for alias, (path, _) in files.items():
        connection.execute(f"DETACH {alias}")
        with drafts[alias].open("rb") as copied:
            os.fsync(copied.fileno())
        drafts[alias].chmod(0o600)
        drafts[alias].replace(path)
    sync_folder(settings.home)
    attach(connection, settings)


def _newest(connection: duckdb.DuckDBPyConnection) -> int:
    return int(connection.sql("SELECT coalesce(max(load_id), 0) FROM vault.raw.rewrites").fetchall()[0][0])
