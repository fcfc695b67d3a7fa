"""Parquet copies of the published tables, for tools that read files and no database: one file a table.

Here: writing them beside the published file (NORTHSTAR_PARQUET), and removing them when they are no longer wanted. Not
here: publishing the file they are copied from (pipelines/publish.py).
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from pipelines.settings import Settings
from pipelines.warehouse.quoting import literal, quoted

FOLDER = "parquet"


def write(settings: Settings) -> list[Path]:
    """Replace the copies by those of the published file, each atomically; without the setting remove them.

    A reader that opens a file reads it whole, though files opened during the writing may be of two nights. Other files
    in the folder stay.

    Returns:
        The files, by name; none without the setting.
    """
    folder = settings.published / FOLDER
    if not settings.parquet and not folder.exists():
        return []
    made = _copies(settings, folder) if settings.parquet else []
    for leftover in (*folder.glob("*.parquet"), *folder.glob(".*.parquet.*")):
        if leftover not in made:
            leftover.unlink()
    if not any(folder.iterdir()):
        folder.rmdir()
    return made


def _copies(settings: Settings, folder: Path) -> list[Path]:
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    made = []
    with duckdb.connect(str(settings.published_path), read_only=True) as reader:
        tables = reader.sql(
            "SELECT schema_name || '.' || table_name AS name FROM duckdb_tables() WHERE NOT internal ORDER BY name"
        ).fetchall()
        for (table,) in tables:
            target = folder / f"{table}.parquet"
            draft = folder / f".{target.name}.{os.getpid()}"
            reader.execute(f"COPY (FROM {quoted(table)}) TO {literal(str(draft))} (FORMAT parquet, COMPRESSION zstd)")
            draft.chmod(0o444)
            draft.replace(target)
            made.append(target)
    return made
