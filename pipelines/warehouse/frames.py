"""Between DuckDB and Polars.

Here: the two directions, through the Arrow C stream that both speak. DuckDB's own `.pl()` and `register(frame)` go
through pyarrow, 150 MB that nothing else here needs. Not here: what is read or written.
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
        # In a transaction that an error has ended this fails too, and would be told instead of the error.
        with suppress(duckdb.Error):
            connection.unregister(name)
        raise
    connection.unregister(name)


class _Stream:
    """A frame of which DuckDB sees nothing but its stream."""

    def __init__(self, rows: pl.DataFrame) -> None:
        self._rows = rows

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._rows.__arrow_c_stream__(requested_schema)
