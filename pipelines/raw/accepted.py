"""What was accepted, by its key: the view that refused rows are held against.

Here: the view accepted_records, made from the kinds of the vault. Not here: the rule by which a refused row is
superseded (sql/ops/rejected.sql).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from pipelines.raw.kinds import read_kinds
from pipelines.raw.names import identifier


@contextmanager
def accepted_records(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """For the time of the block: a row per accepted record, its kind, source, key, content, row and content's age."""
    parts = [
        f"SELECT '{kind.name}' AS kind, source, {kind.key} AS record_key, file_id, row_number, "
        f"file_event_at AS event_at FROM vault.raw.{identifier(kind.name)}"
        for kind in read_kinds(con).values()
    ]
    con.execute(f"CREATE OR REPLACE TEMP VIEW accepted_records AS {' UNION ALL '.join(parts)}").fetchall()
    yield
    con.execute("DROP VIEW temp.accepted_records").fetchall()
