"""Where else a forgotten person may stand: in names of landed files, in reasons, in audiences, in landing files.

Here: taking them out of what is Northstar's, and telling which landing files, the operator's, still hold them.
Not here: records (erase.py).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

import duckdb

from pipelines.raw.erasure import erase
from pipelines.raw.files.landing import Landed, walk
from pipelines.settings import Settings
from pipelines.warehouse.quoting import literal

CHUNK = 16 * 1024 * 1024
_ADDRESS = re.compile(erase.ADDRESS, re.IGNORECASE)


def remove(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Mask forgotten addresses in the ledger, and take their lines out of the audiences; inside the load's transaction.

    A path that is masked is not known by its name any longer: its file is opened again every night, to no effect.
    """
    if not connection.sql("SELECT count(*) FROM vault.raw.tombstones").fetchall()[0][0]:
        return
    erase.install(connection, settings)
    masked = f"{_masked('path')} AS name, path FROM vault.raw.paths WHERE {_held('path')}"
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE names_masked AS SELECT {masked};
        DELETE FROM vault.raw.paths WHERE path IN (SELECT name FROM names_masked);
        UPDATE vault.raw.paths AS p SET path = n.name FROM names_masked AS n WHERE p.path = n.path;
        DROP TABLE names_masked;
        UPDATE vault.raw.paths SET reason = {_masked("reason")} WHERE {_held("reason")};
        UPDATE vault.raw.files SET reason = {_masked("reason")} WHERE {_held("reason")}
        """
    ).fetchall()
    for file in sorted((settings.published / "audiences").glob("*.csv")):
        _remove_lines(connection, file)


def _remove_lines(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    found = {address.lower().rstrip(".") for address in _ADDRESS.findall("".join(lines))}
    forgotten = {
        str(address)[2:]
        for (address,) in connection.execute(
            "SELECT i FROM (SELECT unnest($1::VARCHAR[]) AS i) WHERE is_forgotten([i])",
            [[f"e:{a}" for a in sorted(found)]],
        ).fetchall()
    }
    kept = [line for line in lines if forgotten.isdisjoint(a.lower().rstrip(".") for a in _ADDRESS.findall(line))]
    if kept == lines:
        return
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    with draft.open("w", encoding="utf-8") as out:
        draft.chmod(0o600)
        out.writelines(kept)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)


def _held(text: str) -> str:
    return f"strpos({text}, '@') > 0 AND is_forgotten(addresses_within({text}))"


def _masked(text: str) -> str:
    """The text without addresses, and a sign by which two such texts differ."""
    return f"regexp_replace({text}, {literal(erase.ADDRESS)}, '[e-mail]', 'gi') || ' ' || left(pseudonym({text}), 8)"


def landing_files(
    connection: duckdb.DuckDBPyConnection, settings: Settings, file_ids: Iterable[str], mails: Iterable[str]
) -> list[str]:
    """Paths in the landing folder of the files that hold a person.

    Args:
        connection: the vault.
        settings: the landing folder.
        file_ids: contents with records of the person.
        mails: their addresses, searched for in the bytes and names of all other files; a packed file is not opened.
    """
    listed = walk(settings.landing)
    wanted, sought = sorted(set(file_ids)), sorted({mail.lower() for mail in mails})
    by_record = {
        str(path)
        for (path,) in connection.execute(
            f"""
            SELECT l.path FROM (SELECT unnest($1::VARCHAR[]) AS path) AS l
            JOIN vault.raw.paths AS p ON p.path IN (l.path, {_masked("l.path")})
            WHERE p.file_id IN (SELECT unnest($2::VARCHAR[]))
            """,
            [[landed.path for landed in listed], wanted],
        ).fetchall()
    }
    return [
        landed.path
        for landed in listed
        if landed.path in by_record or any(_holds(settings.landing, landed, mail) for mail in sought)
    ]


def _holds(folder: Path, landed: Landed, mail: str) -> bool:
    """Whether a file's bytes or name hold the address, in whatever case."""
    text, rest = mail.encode(), b""
    if mail in landed.path.lower():
        return True
    with (folder / landed.path).open("rb") as file:
        while chunk := file.read(CHUNK):
            if text in (rest + chunk).lower():
                return True
            rest = chunk[-len(text) :]
    return False
