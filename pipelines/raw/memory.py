"""How much memory DuckDB may use while the rows of a load wait to be stored: what is more waits in the spill folder.

Here: that limit, where the operator set none. Not here: the limit of other work (pipelines/warehouse/connection.py).

Only steps that go row by row or add up groups are bound. Others may need what the machine has: a format that takes a
large document apart cannot wait on disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import duckdb

from pipelines.settings import Settings
from pipelines.warehouse.connection import TWO_THIRDS

# In bytes. The rows of 9.3 million orders and their items are 5.5 GiB; a thread needs some 0.1 GiB to write a table.
MOST = 9 * 2**29
OF_A_THREAD = 2**29
# Files of a load up to which nothing is bound: looking and setting takes 15 ms of processor, a tenth of a small file's.
SMALL = 2**28


@contextmanager
def bounded(connection: duckdb.DuckDBPyConnection, settings: Settings, landed: int) -> Iterator[None]:
    """For the block: DuckDB uses at most 4.5 GiB or 0.5 GiB a thread, unless the operator says how much it may use.

    landed: bytes of the files that the load reads.
    """
    if settings.memory or landed <= SMALL:
        yield
        return
    [(threads, limit)] = connection.execute(
        "SELECT current_setting('threads'), parse_formatted_bytes(current_setting('memory_limit'))"
    ).fetchall()
    most = max(MOST, threads * OF_A_THREAD)
    if limit <= most:
        yield
        return
    connection.execute(f"SET memory_limit = '{most}B'")
    try:
        yield
    finally:
        # Nothing can be set after an error inside a transaction, and the load's connection is of no use then.
        with suppress(duckdb.Error):
            connection.execute(f"SET memory_limit = '{TWO_THIRDS}'")
