"""Rebuilding the working files beside the old ones.

Here: opening the drafts, what the vault's draft copies from the old vault, what would be lost with it, and moving a
finished draft into the old file's place. Not here: what fills them (load, conform, compute: the same as every night).
A kill at any moment leaves the old file or the new one, and drafts that the next opening deletes.

The landing folder does not hold everything: erasures requested on the command line, and the new pseudonyms of forgotten
people, are in the vault alone. They are copied before the files are read, so that no forgotten person returns.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date

import duckdb

from pipelines.periods import Clock, Window, month_of, next_month
from pipelines.settings import VAULT, WAREHOUSE, Settings
from pipelines.warehouse.connection import Tell, WarehouseError, attach, discard_drafts, opened
from pipelines.warehouse.quoting import literal
from pipelines.warehouse.sql_files import statements
from pipelines.warehouse.upgrade import RENEWED, take_place
from pipelines.warehouse.write import transaction

# What a run rebuilds.
WAREHOUSE_ONLY, VAULT_WHOLE, VAULT_WITHOUT_MISSING = "warehouse", "vault", "vault without missing"
_CATALOGS = {VAULT: "vault", WAREHOUSE: "warehouse"}
_NAMED = 5


class MissingError(WarehouseError):
    """Records of the vault are in no file of the landing folder; the message says how many."""


@contextmanager
def opened_for(
    settings: Settings, what: str | None, tell: Tell
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Settings]]:
    """Like `opened`, with drafts of what is rebuilt (if anything), and the settings that name them.

    Only under the lock. Rebuilding the vault makes a draft of the warehouse too, which is discarded: loading does
    not read it.

    Raises:
        SettingsError: the salt is not the one the files were made with.
        WarehouseError: the vault, which holds who was forgotten, cannot be opened.
    """
    if what is None:
        with opened(settings, tell) as connection:
            yield connection, settings
        return
    # Checks salt and versions and upgrades older files. A warehouse that cannot be opened does not prevent a rebuild.
    with suppress(WarehouseError), opened(settings, tell):
        pass
    drafting = settings.with_drafts(*({WAREHOUSE} if what == WAREHOUSE_ONLY else {VAULT, WAREHOUSE}))
    discard_drafts(settings)
    try:
        with opened(drafting, tell) as connection:
            connection.execute("INSERT INTO ops.state (name, value) VALUES (?, 'yes')", [RENEWED])
            if VAULT in drafting.drafts and settings.vault_path.exists():
                _copy_forgotten(connection, settings)
            yield connection, drafting
    finally:
        discard_drafts(settings)


def _copy_forgotten(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Copy the forgotten people and the history of loads; the old vault stays attached as `old`."""
    try:
        connection.execute(f"ATTACH {literal(str(settings.vault_path))} AS old (READ_ONLY)")
    except duckdb.Error as error:
        message = (
            f"{settings.vault_path} cannot be opened, and it alone holds who was forgotten ({error}): restore it from "
            "a backup. If nobody was ever forgotten, move it away and run `northstar nightly`."
        )
        raise WarehouseError(message) from error
    with transaction(connection):
        for table in ("tombstones", "loads", "rewrites"):
            connection.execute(f"INSERT INTO vault.raw.{table} BY NAME FROM old.raw.{table}")


def finish_vault(connection: duckdb.DuckDBPyConnection, settings: Settings, what: str | None) -> int:
    """Move the vault's draft, if there is one, into the old vault's place once the landing folder is loaded into it.

    Args:
        connection: from `opened_for`.
        settings: those that came with it.
        what: is rebuilt; VAULT_WITHOUT_MISSING goes on when files that the old vault holds are missing.

    Returns:
        Rows of the missing files.

    Raises:
        MissingError: files are missing and `what` does not allow it; the old vault stays.
    """
    lost = 0
    if VAULT not in settings.drafts:
        return lost
    if connection.sql("SELECT 1 FROM duckdb_databases() WHERE database_name = 'old'").fetchall():
        lost = _lost(connection, without_missing=what == VAULT_WITHOUT_MISSING)
        [(load_id,)] = connection.sql("SELECT coalesce(max(load_id), 0) FROM vault.raw.loads").fetchall()
        with transaction(connection):
            # Erasures requested on the command line, and those of files that are gone.
            connection.execute(
                "INSERT INTO vault.raw.erasures BY NAME "
                "FROM old.raw.erasures WHERE file_id NOT IN (SELECT file_id FROM vault.raw.files)"
            )
            # Core must look at everybody: records may have gone with their files.
            connection.execute("INSERT OR IGNORE INTO vault.raw.rewrites VALUES (?)", [load_id])
        connection.execute("DETACH old")
    adopt(connection, settings, VAULT)
    return lost


def _lost(connection: duckdb.DuckDBPyConnection, *, without_missing: bool) -> int:
    connection.execute(statements("macros/core"))
    [(files, rows, accepted, names)] = connection.sql(
        f"""
        SELECT count(*), coalesce(sum(rows), 0), coalesce(sum(accepted), 0), list(name ORDER BY name)[:{_NAMED}]
        FROM (
            SELECT rows, accepted, (SELECT masked_text(min(path)) FROM old.raw.paths AS p WHERE p.file_id = f.file_id)
                AS name
            FROM old.raw.files AS f
            WHERE status = 'loaded' AND kind <> 'erasures' AND rows > 0
                AND file_id NOT IN (SELECT file_id FROM vault.raw.files WHERE status = 'loaded')
        )
        """
    ).fetchall()
    if files and not without_missing:
        more = f" and {files - _NAMED} more" if files > _NAMED else ""
        message = (
            f"The vault stays as it is: {files} files that it holds ({rows} rows, {accepted} of them used) are not in "
            f"the landing folder any longer, or not readable: {', '.join(map(str, names))}{more}. Put them back, or "
            "run `northstar rebuild --vault --without-missing` to lose them."
        )
        raise MissingError(message)
    return int(rows)


def adopt(connection: duckdb.DuckDBPyConnection, settings: Settings, name: str) -> None:
    """Move the draft of a working file, if it has one, into the old file's place; the connection continues with it."""
    if name not in settings.drafts:
        return
    finished = settings.with_drafts(*(settings.drafts - {name}))
    old, new = settings.home / f".{name}.rebuilt", settings.home / name
    for alias in _CATALOGS.values():
        connection.execute(f"CHECKPOINT {alias}")
    connection.execute("USE memory")
    for alias in _CATALOGS.values():
        connection.execute(f"DETACH {alias}")
    take_place(old, new)
    attach(connection, finished)


def months_of_vault(settings: Settings) -> Window:
    """The months to compute: from the first order or answer in the vault to the open one; under the lock."""
    clock = Clock(settings.as_of, settings.timezone)
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"SET TimeZone = {literal(settings.timezone)}")
        first: date | None = None
        if settings.vault_path.exists():
            connection.execute(f"ATTACH {literal(str(settings.vault_path))} AS vault (READ_ONLY)")
            [(first,)] = connection.sql(
                "SELECT least((SELECT min(CAST(ordered_at AS DATE)) FROM vault.raw.orders), "
                "(SELECT min(CAST(responded_at AS DATE)) FROM vault.raw.responses))"
            ).fetchall()
    start = max(month_of(first), settings.first_month) if first else clock.open_month
    return Window(min(start, clock.open_month), next_month(clock.open_month))
