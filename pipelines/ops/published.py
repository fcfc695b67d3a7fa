"""The published file, opened as an analyst opens it, and shut off from everything else.

Here: a read-only connection in the business time zone. Not here: publishing (pipelines/publish.py) and what is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipelines.settings import Settings
from pipelines.warehouse.quoting import literal


@contextmanager
def opened_published(settings: Settings, path: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection to the published file, which must exist, or to the one at `path`.

    It reaches no other file: read-only alone would still let a statement write a CSV file or attach the vault.
    """
    config: dict[str, str | bool | int | float | list[str]] = {"enable_external_access": "false"}
    connection = duckdb.connect(str(path or settings.published_path), read_only=True, config=config)
    try:
        [(is_locked,)] = connection.sql("SELECT current_setting('lock_configuration')").fetchall()
        # Connections of one process to one file share their settings, so another one has made these.
        if not is_locked:
            connection.execute(f"SET GLOBAL TimeZone = {literal(settings.timezone)}")
            connection.execute("SET lock_configuration = true")
        yield connection
    finally:
        connection.close()
