"""Files whose rows leave the vault: those of a simulated shop that was loaded among a shop's own.

Here: deleting what was read from them, in one transaction, as a load of its own. Not here: which files those are
(pipelines/ops/simulated_shop.py) and the files in the landing folder.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from pipelines.raw import identity
from pipelines.raw.kinds import read_kinds
from pipelines.raw.ledger import OF_FILES, read_ledger
from pipelines.raw.macros import install_macros
from pipelines.settings import Settings
from pipelines.warehouse.quoting import identifier
from pipelines.warehouse.write import transaction


def forget_files(connection: duckdb.DuckDBPyConnection, settings: Settings, file_ids: Sequence[str]) -> int:
    """Delete the rows of the files, and the files from the ledger; returns how many rows of records went.

    The next conforming makes core anew. Files that still lie in the landing folder would be loaded again.
    """
    install_macros(connection)
    kinds = read_kinds(connection)
    fingerprint = read_ledger(connection, settings).fingerprint or ""
    rules = identity.named(settings.email_rules)
    rows = 0
    with transaction(connection):
        for table in (*kinds, *OF_FILES, "paths", "files"):
            [(deleted,)] = connection.execute(
                f"DELETE FROM vault.raw.{identifier(table)} WHERE file_id IN (SELECT unnest($1::VARCHAR[]))",
                [list(file_ids)],
            ).fetchall()
            rows += deleted if table in kinds else 0
        [(load_id,)] = connection.sql("SELECT coalesce(max(load_id), 0) + 1 FROM vault.raw.loads").fetchall()
        connection.execute(
            "INSERT INTO vault.raw.loads VALUES ($1, $2, 0, $3, now(), $4)",
            [load_id, fingerprint, len(file_ids), rules],
        )
        connection.execute("INSERT INTO vault.raw.rewrites VALUES ($1)", [load_id])
        identity.rebuild(connection, kinds.values(), load_id, rules)
    return int(rows)
