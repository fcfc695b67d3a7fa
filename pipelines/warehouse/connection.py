"""Opening the working files.

Here: attaching vault and warehouse, their schemas, the session's options and the pseudonym function. Not here:
locking (lock.py) or reading the published file, which is an ordinary read-only DuckDB connection.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from pipelines.settings import Settings, SettingsError

SQL = Path(__file__).resolve().parents[2] / "sql"
SCHEMA_VERSION = 1
SALT_LENGTH = 16
WAREHOUSE_SCHEMAS = ("ops", "core", "nps", "value")
# The format analysts' DuckDB 1.4 clients can read.
STORAGE_VERSION = "v1.4.0"
# Remembers the texts that made the warehouse's tables; without it they are run again.
DEFINITIONS = "definitions"


class WarehouseError(RuntimeError):
    """The warehouse cannot be used as it is; the message says what to do."""


def statements(name: str) -> str:
    """Text of a file below sql/."""
    return (SQL / name).read_text(encoding="utf-8")


@contextmanager
def opened(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with `vault` and `warehouse` attached, the second the default; only under the lock.

    Raises:
        SettingsError: the salt is not the one the warehouse was made with.
        WarehouseError: a file is of another version, damaged or open elsewhere.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    # The vault's journal and spill files hold personal data too.
    umask = os.umask(0o077)
    try:
        connection = duckdb.connect(":memory:")
        try:
            try:
                attach(connection, settings)
            except duckdb.Error as error:
                message = f"The warehouse in {settings.home} cannot be opened: {error}"
                raise WarehouseError(message) from error
            yield connection
        finally:
            connection.close()
    finally:
        os.umask(umask)


def attach(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Attach and prepare both files on a fresh connection."""
    key = salt(settings)
    set_session(connection, settings)
    _attach_file(connection, settings.vault_path, "vault", "")
    _attach_file(connection, settings.warehouse_path, "warehouse", f"(STORAGE_VERSION '{STORAGE_VERSION}')")
    connection.execute("USE warehouse")
    fingerprint = hmac.new(key, b"salt", hashlib.sha256).hexdigest()[:16]
    # Before anything is written: a warehouse that is not ours to continue stays as it is.
    _check_state(connection, settings, fingerprint)
    connection.execute("USE vault")
    connection.execute(statements("schema/raw.sql"))
    connection.execute("USE warehouse")
    _define(connection)
    for name, value in (("schema_version", str(SCHEMA_VERSION)), ("salt_fingerprint", fingerprint)):
        if state(connection, name) is None:
            set_state(connection, name, value)
    set_pseudonym(connection, key)


def set_session(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Session options: the business zone, no frames found by variable names, spill files inside the home."""
    connection.execute(f"SET TimeZone = {literal(settings.timezone)}")
    connection.execute("SET python_enable_replacements = false")
    connection.execute(f"SET temp_directory = {literal(str(settings.home / 'spill'))}")


def set_pseudonym(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Define pseudonym(identity): the first 16 hex digits of HMAC-SHA256, the key being the salt."""
    block = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    connection.execute("SET VARIABLE hmac_inner = ?", [bytes(byte ^ 0x36 for byte in block)])
    connection.execute("SET VARIABLE hmac_outer = ?", [bytes(byte ^ 0x5C for byte in block)])
    connection.execute(
        "CREATE OR REPLACE TEMP MACRO pseudonym(identity) AS left(sha256(getvariable('hmac_outer') || "
        "unhex(sha256(getvariable('hmac_inner') || encode(identity)))), 16)"
    )


def salt(settings: Settings) -> bytes:
    """The key of the pseudonyms: the setting, else the file `salt` of the home, made on first use.

    Raises:
        SettingsError: the file is missing beside a vault or warehouse, or is no salt.
    """
    if settings.salt is not None:
        return settings.salt.encode()
    file = settings.home / "salt"
    if not file.exists():
        for made in (settings.vault_path, settings.warehouse_path):
            if made.exists() and made.stat().st_size > 0:
                message = f"{file} is missing: restore it (or NORTHSTAR_SALT), or {made.name} cannot be continued"
                raise SettingsError(message)
        _write_salt(file)
    # It may have been restored from a backup, with the modes of that.
    with suppress(PermissionError):
        file.chmod(0o600)
    key = file.read_bytes().strip()
    if len(key) < SALT_LENGTH:
        message = f"{file} holds {len(key)} characters, a salt has {SALT_LENGTH} or more: restore it from a backup"
        raise SettingsError(message)
    return key


def _write_salt(file: Path) -> None:
    # Written aside and renamed: a crash must not leave half a salt.
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
    """Make a rename in the folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def literal(text: str) -> str:
    """Text as an SQL literal, for the statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A dotted name as quoted SQL identifiers."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split("."))


def state(connection: duckdb.DuckDBPyConnection, name: str) -> str | None:
    """A remembered value of the warehouse, or None."""
    rows = connection.sql("SELECT value FROM ops.state WHERE name = $name", params={"name": name}).fetchall()
    return str(rows[0][0]) if rows else None


def set_state(connection: duckdb.DuckDBPyConnection, name: str, value: str) -> None:
    """Remember a value, inside the caller's transaction if there is one."""
    connection.execute("DELETE FROM ops.state WHERE name = ?", [name])
    connection.execute("INSERT INTO ops.state (name, value) VALUES (?, ?)", [name, value])


def _attach_file(connection: duckdb.DuckDBPyConnection, path: Path, alias: str, options: str) -> None:
    try:
        connection.execute(f"ATTACH {literal(str(path))} AS {alias} {options}")
    except duckdb.Error as error:
        # Of a damaged file DuckDB tells the place in it, not always its name.
        message = f"{path} cannot be opened: {error}"
        raise WarehouseError(message) from error
    path.chmod(0o600)


def _define(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the warehouse's tables, macros and views, with their comments, unless these very texts have made them.

    Half a second for a thousand statements, and a warehouse is opened twice a night.
    """
    files = [SQL / "schema" / f"{schema}.sql" for schema in WAREHOUSE_SCHEMAS]
    files += [file for folder in ("macros/published", "views") for file in sorted((SQL / folder).glob("*.sql"))]
    texts = [file.read_text(encoding="utf-8") for file in files]
    fingerprint = hashlib.sha256("\0".join([*texts, duckdb.__version__]).encode()).hexdigest()[:16]
    if _has_state(connection) and state(connection, DEFINITIONS) == fingerprint:
        return
    for text in texts:
        connection.execute(text)
    set_state(connection, DEFINITIONS, fingerprint)


def _has_state(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the warehouse was ever prepared."""
    found = connection.sql(
        "SELECT count(*) FROM duckdb_tables() WHERE (database_name, schema_name, table_name) = "
        "('warehouse', 'ops', 'state')"
    ).fetchall()
    return bool(found[0][0])


def _check_state(connection: duckdb.DuckDBPyConnection, settings: Settings, fingerprint: str) -> None:
    if not _has_state(connection):
        return
    version, where = int(state(connection, "schema_version") or SCHEMA_VERSION), settings.warehouse_path
    if version > SCHEMA_VERSION:
        message = (
            f"{where} was made by a newer Northstar (its tables are version {version}, this program knows "
            f"{SCHEMA_VERSION}): install that one again."
        )
        raise WarehouseError(message)
    if version < SCHEMA_VERSION:
        message = (
            f"{where} was made by an older Northstar (its tables are version {version}, this program needs "
            f"{SCHEMA_VERSION}): run `northstar rebuild`."
        )
        raise WarehouseError(message)
    if state(connection, "salt_fingerprint") not in {None, fingerprint}:
        message = f"{where} was made with another salt: restore NORTHSTAR_SALT or the file salt beside it."
        raise SettingsError(message)
