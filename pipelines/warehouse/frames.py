"""Between DuckDB and Polars.

Here: both directions, through the Arrow C stream interface. DuckDB's own `.pl()` and `register(frame)` need pyarrow,
150 MB that nothing else here uses. Not here: what is read or written.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import duckdb
import polars as pl


def frame(relation: duckdb.DuckDBPyRelation) -> pl.DataFrame:
    """The rows of a relation; times keep the session's zone."""
    stream: Any = relation
    return pl.DataFrame(stream)


@contextmanager
def registered(connection: duckdb.DuckDBPyConnection, name: str, rows: pl.DataFrame) -> Iterator[None]:
    """Make `rows` a relation called `name` while the block lasts."""
    connection.register(name, _Stream(rows))
    try:
        yield
    except BaseException:
        # In a transaction that an error has aborted this fails too, and would hide that error.
        with suppress(duckdb.Error):
            connection.unregister(name)
        raise
    connection.unregister(name)


class _Stream:
    """A frame that shows DuckDB only its Arrow stream."""

    def __init__(self, rows: pl.DataFrame) -> None:
        self._rows = rows

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._rows.__arrow_c_stream__(requested_schema)
