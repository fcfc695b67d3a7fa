"""Opening the working files.

Here: attaching vault and warehouse, their schemas, the session's options and the pseudonym function. Not here:
locking (lock.py) or reading the published file, which is an ordinary read-only DuckDB connection.

How pipelines talk to DuckDB: `connection.execute(...)` runs a statement; `connection.sql(...).fetchall()` gives rows,
`frame(connection.sql(...))` a frame; `changed_rows(...)` says how many rows a statement touched. A query run by
`execute` keeps its result, and with it its transaction, open until the connection is used again: a checkpoint would
wait for it.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path

import duckdb

from pipelines.settings import VAULT, WAREHOUSE, Settings, SettingsError
from pipelines.warehouse import upgrade
from pipelines.warehouse.quoting import literal
from pipelines.warehouse.sql_files import SQL, statements, view_texts
from pipelines.warehouse.write import transaction

# Raised whenever an older program could not continue the files: it refuses them, a newer one takes them over.
SCHEMA_VERSION = 2
SALT_LENGTH = 16
WAREHOUSE_SCHEMAS = ("ops", "core", "nps", "value", "loop")
# The newest storage format that analysts' DuckDB 1.4 clients can read.
STORAGE_VERSION = "v1.4.0"
# Of the machine's memory, or of what a container may use.
TWO_THIRDS = "67%"
# The row of a file's state that holds the digest of the statements that made its tables; they run when it differs.
DEFINITIONS = "definitions"
WAREHOUSE_OPTIONS = f"(STORAGE_VERSION '{STORAGE_VERSION}')"
# DuckDB's types under names of our own, for code that does not import it.
Connection = duckdb.DuckDBPyConnection
DatabaseError = duckdb.Error
Tell = Callable[[str], object]
_say = logging.getLogger("northstar").warning


class WarehouseError(RuntimeError):
    """The warehouse cannot be used as it is; the message says what to do."""


@contextmanager
def opened(settings: Settings, tell: Tell = _say) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with `vault` and `warehouse` attached, the second the default; only under the lock.

    Files of an older version are upgraded: the vault keeps its rows, the warehouse is emptied, to be computed anew.

    Args:
        settings: where the files are.
        tell: called with each line that the operator should read about an upgrade.

    Raises:
        SettingsError: the salt is not the one the files were made with.
        WarehouseError: a file is of another version, damaged or open elsewhere.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    if not settings.drafts:
        discard_drafts(settings)
    # The vault's journal and spill files hold personal data too.
    umask = os.umask(0o077)
    try:
        connection = duckdb.connect(":memory:")
        try:
            try:
                attach(connection, settings, tell)
            except upgrade.UpgradeError as error:
                raise WarehouseError(str(error)) from error
            except duckdb.Error as error:
                message = f"The warehouse in {settings.home} cannot be opened: {error}"
                raise WarehouseError(message) from error
            yield connection
        finally:
            connection.close()
    finally:
        os.umask(umask)


def attach(connection: duckdb.DuckDBPyConnection, settings: Settings, tell: Tell = _say) -> None:
    """Attach and prepare both files on a fresh connection."""
    key = salt(settings)
    fingerprint = hmac.new(key, b"salt", hashlib.sha256).hexdigest()[:16]
    set_session(connection, settings)
    _attach_file(connection, settings.vault_path, "vault", "")
    _attach_file(connection, settings.warehouse_path, "warehouse", WAREHOUSE_OPTIONS)
    # Before anything is written, so that files that are not ours to continue stay as they are.
    warehouse = _checked_state(connection, settings.warehouse_path, "warehouse", fingerprint)
    vault = _checked_state(connection, settings.vault_path, "vault", fingerprint)
    connection.execute("USE vault")
    _prepare_vault(connection, settings.vault_path, vault, fingerprint)
    connection.execute("USE warehouse")
    _prepare_warehouse(connection, settings.warehouse_path, warehouse, fingerprint, tell)
    set_pseudonym(connection, key)


def _prepare_vault(
    connection: duckdb.DuckDBPyConnection, path: Path, recorded: dict[str, str], fingerprint: str
) -> None:
    ddl = (statements("schema/raw.sql"),)
    if _is_made(recorded, ddl, fingerprint):
        return
    upgrade.upgrade_vault(connection, path, ddl)
    with transaction(connection):
        _note(connection, "raw.state", ddl, fingerprint)


def _prepare_warehouse(
    connection: duckdb.DuckDBPyConnection, path: Path, recorded: dict[str, str], fingerprint: str, tell: Tell
) -> None:
    """Make the warehouse's tables, macros and views, with their comments, unless these very texts made them.

    Other comments are applied in place; only other columns, types or constraints empty the warehouse. One transaction,
    because committing the seven hundred statements one by one takes 0.36 s of processor instead of 0.15.
    """
    ddl, texts = _ddl(), published_texts()
    if _is_made(recorded, texts, fingerprint):
        return
    structure = upgrade.structure(connection, "warehouse")
    is_old = int(recorded.get("schema_version", SCHEMA_VERSION)) < SCHEMA_VERSION
    # An empty file fits whatever the texts make, which takes 0.1 s to find out.
    if is_old or (structure and upgrade.differing(structure, upgrade.expected(ddl))):
        lost = upgrade.renew_warehouse(connection, path, ddl, WAREHOUSE_OPTIONS)
        _attach_file(connection, path, "warehouse", WAREHOUSE_OPTIONS)
        connection.execute("USE warehouse")
        tell("The warehouse was made by an older version: it is computed anew from the vault.")
        for name in lost:
            tell(f"The rows of {name} do not fit this version: that log begins anew.")
    with transaction(connection):
        for text in texts:
            connection.execute(text)
        _note(connection, "ops.state", texts, fingerprint)


def _ddl() -> tuple[str, ...]:
    return tuple(statements(f"schema/{schema}.sql") for schema in WAREHOUSE_SCHEMAS)


def published_texts() -> tuple[str, ...]:
    """The statements that make an empty warehouse: tables, macros and views, with their comments."""
    macros = (file.read_text(encoding="utf-8") for file in sorted((SQL / "macros/published").glob("*.sql")))
    return (*_ddl(), *macros, *view_texts(_ddl()))


def _definitions(texts: tuple[str, ...]) -> str:
    return hashlib.sha256("\0".join([*texts, duckdb.__version__]).encode()).hexdigest()[:16]


def _made_by(texts: tuple[str, ...], fingerprint: str) -> dict[str, str]:
    """The state of a file that these texts made."""
    return {
        "schema_version": str(SCHEMA_VERSION),
        "program_version": version("northstar"),
        "salt_fingerprint": fingerprint,
        DEFINITIONS: _definitions(texts),
    }


def _is_made(recorded: dict[str, str], texts: tuple[str, ...], fingerprint: str) -> bool:
    """Whether the file with this state was made by these very texts."""
    return recorded.items() >= _made_by(texts, fingerprint).items()


def _note(connection: duckdb.DuckDBPyConnection, table: str, texts: tuple[str, ...], fingerprint: str) -> None:
    values = _made_by(texts, fingerprint)
    names = list(values)
    connection.execute(f"DELETE FROM {table} WHERE list_contains($1, name)", [names])
    connection.execute(
        f"INSERT INTO {table} (name, value) SELECT unnest($1), unnest($2)", [names, list(values.values())]
    )


def discard_drafts(settings: Settings) -> None:
    """Delete what a killed rebuild left beside the working files."""
    for name in (VAULT, WAREHOUSE):
        for draft in settings.home.glob(f"*.{name}.rebuilt*"):
            draft.unlink()


def set_session(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Set the session's options.

    Business time zone, no look-up of Python variables, spill files inside the home, a limit to DuckDB's memory.
    """
    connection.execute(f"SET TimeZone = {literal(settings.timezone)}")
    connection.execute("SET python_enable_replacements = false")
    connection.execute(f"SET memory_limit = {literal(settings.memory or TWO_THIRDS)}")
    connection.execute(f"SET temp_directory = {literal(str(settings.home / 'spill'))}")


def set_pseudonym(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Define pseudonym(identity): the first 16 hexadecimal digits of HMAC-SHA256 (RFC 2104) keyed with the salt."""
    block = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    connection.execute("SET VARIABLE hmac_inner = ?", [bytes(byte ^ 0x36 for byte in block)])
    connection.execute("SET VARIABLE hmac_outer = ?", [bytes(byte ^ 0x5C for byte in block)])
    connection.execute(
        "CREATE OR REPLACE TEMP MACRO pseudonym(identity) AS left(sha256(getvariable('hmac_outer') || "
        "unhex(sha256(getvariable('hmac_inner') || encode(identity)))), 16)"
    )


def salt(settings: Settings) -> bytes:
    """The key of the pseudonyms: the setting, else the file `salt` in the home, made on first use.

    Raises:
        SettingsError: the file is missing beside an existing vault or warehouse, or too short.
    """
    if settings.salt is not None:
        return settings.salt.encode()
    file = settings.home / "salt"
    if not file.exists():
        for made in (settings.home / VAULT, settings.home / WAREHOUSE):
            if made.exists() and made.stat().st_size > 0:
                message = f"{file} is missing: restore it (or NORTHSTAR_SALT), or {made.name} cannot be continued"
                raise SettingsError(message)
        _write_salt(file)
    # A backup may have restored it with wider permissions.
    with suppress(PermissionError):
        file.chmod(0o600)
    key = file.read_bytes().strip()
    if len(key) < SALT_LENGTH:
        message = f"{file} holds {len(key)} characters, a salt has {SALT_LENGTH} or more: restore it from a backup"
        raise SettingsError(message)
    return key


def _write_salt(file: Path) -> None:
    # Renamed once complete: a crash must not leave half a salt.
    draft = file.with_suffix(".tmp")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write(secrets.token_hex(32))
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in the folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def state(connection: duckdb.DuckDBPyConnection, name: str) -> str | None:
    """A value that the warehouse records about itself, or None."""
    rows = connection.sql("SELECT value FROM ops.state WHERE name = $name", params={"name": name}).fetchall()
    return str(rows[0][0]) if rows else None


def set_state(connection: duckdb.DuckDBPyConnection, name: str, value: str) -> None:
    """Record a value, inside the caller's transaction if there is one."""
    connection.execute("DELETE FROM ops.state WHERE name = ?", [name])
    connection.execute("INSERT INTO ops.state (name, value) VALUES (?, ?)", [name, value])


def _attach_file(connection: duckdb.DuckDBPyConnection, path: Path, alias: str, options: str) -> None:
    try:
        connection.execute(f"ATTACH {literal(str(path))} AS {alias} {options}")
    except duckdb.Error as error:
        # For a damaged file DuckDB reports the position in it, not always its name.
        message = f"{path} cannot be opened: {' '.join(str(error).split())}"
        if "lock" not in str(error):
            message += " If it is damaged: " + (
                "`northstar rebuild` makes it anew from the vault."
                if alias == "warehouse"
                else "restore a copy that was taken while no run went on (assets/README.md, Disk and backup)."
            )
        raise WarehouseError(message) from error
    path.chmod(0o600)


def _checked_state(connection: duckdb.DuckDBPyConnection, path: Path, alias: str, fingerprint: str) -> dict[str, str]:
    """What a file records about itself; empty for a new file and for a vault of version 1."""
    schema = "raw" if alias == "vault" else "ops"
    try:
        recorded = dict(connection.sql(f"SELECT name, value FROM {alias}.{schema}.state").fetchall())
    except duckdb.CatalogException:
        recorded = {}
    tables_version = int(recorded.get("schema_version", SCHEMA_VERSION))
    if tables_version > SCHEMA_VERSION:
        message = (
            f"{path} was made by a newer Northstar (its tables are version {tables_version}, this program knows "
            f"{SCHEMA_VERSION}): install that one again."
        )
        raise WarehouseError(message)
    if recorded.get("salt_fingerprint", fingerprint) != fingerprint:
        message = f"{path} was made with another salt: restore NORTHSTAR_SALT or the file salt beside it."
        raise SettingsError(message)
    return recorded
