"""The log of landed files and refused rows, for a reader.

Here: counts by status and reason, files that were not loaded, files with many refused rows, what one night read. Not
here: writing ops.files and ops.rejected (pipelines/core) and wording.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import polars as pl

from pipelines.figures import checks
from pipelines.settings import Settings
from pipelines.warehouse.frames import frame


@dataclass(frozen=True)
class UnreadFile:
    """A path of the landing folder whose content was not loaded, and why."""

    path: str
    status: str
    reason: str | None


@dataclass(frozen=True)
class MostlyRefused:
    """A file of which more rows are refused than NORTHSTAR_MAX_REJECTED allows. reasons: the most frequent ones."""

    path: str
    refused: int
    rows: int
    reasons: str


def statuses(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Number of paths by status, in alphabetical order."""
    return dict(connection.sql("SELECT status, count(*) FROM ops.files GROUP BY ALL ORDER BY ALL").fetchall())


def unread(connection: duckdb.DuckDBPyConnection, most: int) -> list[UnreadFile]:
    """Paths that were neither loaded nor duplicates, or held no rows, `most` of them."""
    rows = connection.sql(
        "SELECT path, status, reason FROM ops.files WHERE status NOT IN ('loaded', 'duplicate') OR rows = 0 "
        "ORDER BY path LIMIT $most",
        params={"most": most},
    ).fetchall()
    return [UnreadFile(*row) for row in rows]


def refusals(connection: duckdb.DuckDBPyConnection, most: int) -> dict[str, int]:
    """Number of refused rows by column and reason, the most frequent ones first."""
    return dict(
        connection.sql(
            "SELECT coalesce(column_name || ' ', '') || reason, count(*) AS refused FROM ops.rejected "
            "WHERE superseded_by IS NULL GROUP BY ALL ORDER BY refused DESC, 1 LIMIT $most",
            params={"most": most},
        ).fetchall()
    )


def mostly_refused(connection: duckdb.DuckDBPyConnection, settings: Settings) -> tuple[list[MostlyRefused], int]:
    """The first few files that the check ops_files_rejected warns of, and how many more there are."""
    [result] = [
        result
        for result in checks.run(connection, settings, {"ops.files"})
        if result.check.name == "ops_files_rejected"
    ]
    files = [MostlyRefused(*row) for row in result.sample.rows()]
    return files, result.offending - len(files)


def read_by_night(connection: duckdb.DuckDBPyConnection, night_id: str, most: int = 50) -> pl.DataFrame:
    """What the night's load read: columns path, kind, status, accepted, rejected, reason; `most` rows, by path."""
    return frame(
        connection.sql(
            "SELECT path, kind, status, accepted, rejected, reason FROM ops.files WHERE loaded_at >= ("
            "SELECT any_value(started_at) FROM ops.nights WHERE night_id = $night) ORDER BY path LIMIT $most",
            params={"night": night_id, "most": most},
        )
    )
