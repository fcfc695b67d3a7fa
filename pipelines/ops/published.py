"""The published file, opened as an analyst opens it.

Here: a read-only connection in the business time zone. Not here: publishing (pipelines/publish.py) and what is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from pipelines.settings import Settings
from pipelines.warehouse.quoting import literal


@contextmanager
def opened_published(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection to the published file, which must exist."""
    connection = duckdb.connect(str(settings.published_path), read_only=True)
    try:
        connection.execute(f"SET TimeZone = {literal(settings.timezone)}")
        yield connection
    finally:
        connection.close()
