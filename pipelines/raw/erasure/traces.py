"""Traces of a forgotten person outside the records: names of landed files, reasons, audiences, the page, landing files.

Here: removing them from what is Northstar's, and naming the landing files, which are the operator's, that still hold
them. Not here: records (erase.py).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

import duckdb
import polars as pl

from pipelines.raw.erasure import tombstones
from pipelines.raw.files.landing import Landed, walk
from pipelines.settings import Settings
from pipelines.warehouse.frames import frame, registered
from pipelines.warehouse.sql_files import statements

CHUNK = 16 * 1024 * 1024


def remove(connection: duckdb.DuckDBPyConnection, settings: Settings, *, changed: bool) -> None:
    """Mask forgotten addresses in the ledger; drop their records from the audiences, and a page that may quote them.

    In the transaction of a load. The ledger no longer matches a file by a masked path: that file is opened again every
    night, to no effect. changed: whether the load has taken somebody out of stored records.
    """
    if not connection.sql("SELECT count(*) FROM vault.raw.tombstones").fetchall()[0][0]:
        return
    tombstones.install(connection, settings)
    connection.execute(statements("raw/erasure/masked_names.sql"))
    # A load that only moves files recognises nobody.
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS forgotten_now (identity VARCHAR)")
    for file in sorted((settings.published / "audiences").glob("*.csv")):
        _remove_lines(connection, file)
    if changed:
        # The page may quote them, and if the next one cannot be written, this one would stay.
        settings.report_path.unlink(missing_ok=True)


def _remove_lines(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Drop the records of a CSV file that hold an address of somebody forgotten, or the hash of one forgotten now."""
    text = file.read_text(encoding="utf-8")
    records = _records(text)
    with registered(connection, "audience_records", records):
        kept = frame(connection.sql(statements("raw/erasure/audience_records.sql")))["record"]
    if kept.len() == records.height:
        return
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    with draft.open("w", encoding="utf-8", newline="") as out:
        draft.chmod(0o600)
        out.writelines(kept)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)


def _records(text: str) -> pl.DataFrame:
    """The records of a CSV file, line ends included: place, record. A quoted cell may go over several lines."""
    lines = pl.DataFrame({"line": re.findall(r"[^\n]*\n|[^\n]+", text)}, {"line": pl.String})
    quotes = pl.col("line").str.count_matches('"', literal=True)
    begins = quotes.cum_sum().shift(1, fill_value=0) % 2 == 0
    return (
        lines.with_columns(place=begins.cum_sum())
        .group_by("place", maintain_order=True)
        .agg(record=pl.col("line").str.join(""))
    )


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
        for (path,) in connection.sql(
            "SELECT l.path FROM (SELECT unnest($1::VARCHAR[]) AS path) AS l "
            "JOIN vault.raw.paths AS p ON p.path IN (l.path, without_person(l.path)) "
            "WHERE p.file_id IN (SELECT unnest($2::VARCHAR[]))",
            params=[[landed.path for landed in listed], wanted],
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
