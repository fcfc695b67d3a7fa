"""The reasons to doubt what counts, for a reader.

Here: reading ops.doubts. Not here: writing it (pipelines/core/doubts.py) and wording.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import duckdb


@dataclass(frozen=True)
class Doubted:
    """A reason to doubt. path: of its file, if it is about one. records: how many are in doubt. money: net, if any."""

    doubt: str
    path: str | None
    kind: str | None
    subject: str | None
    records: int
    money: Decimal | None
    example: str | None
    advice: str


def doubted(connection: duckdb.DuckDBPyConnection, most: int) -> tuple[list[Doubted], int]:
    """The first few reasons to doubt, those with most money and most records first, and how many more there are."""
    rows = connection.sql(
        "SELECT d.doubt, f.path, d.kind, d.subject, d.records, d.money, d.example, d.advice "
        "FROM ops.doubts AS d "
        "LEFT JOIN (SELECT file_id, min(path) AS path FROM ops.files GROUP BY file_id) AS f USING (file_id) "
        "ORDER BY abs(d.money) DESC NULLS LAST, d.records DESC, d.doubt, d.subject, f.path, d.example"
    ).fetchall()
    return [Doubted(*row) for row in rows[:most]], max(len(rows) - most, 0)
