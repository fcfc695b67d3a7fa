"""Why a check fails: what the rows that break it were made from.

Here: the months of the offending rows, and when and from what the tables that the check reads were computed. Not here:
the checks (checks.py), and what to do with one that fails (pipelines/publish.py).
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import duckdb

from pipelines.figures import BY_TABLE
from pipelines.figures.checks import MONTH, Result
from pipelines.warehouse.frames import frame

_COMPUTED = """
SELECT table_name, min(month) AS first, max(month) AS last, max(as_of) AS as_of, max(computed_at) AS computed_at,
    arg_max(run_id, computed_at) AS run_id
FROM ops.computed WHERE list_contains($tables, table_name) AND (len($months) = 0 OR list_contains($months, month))
GROUP BY table_name ORDER BY table_name
"""
_LOADED = 'SELECT max("at") FROM ops.changes WHERE list_contains($tables, kind)'


def cause(connection: duckdb.DuckDBPyConnection, result: Result) -> str:
    """In words, what the tables of a failing check were computed from; empty if nothing is known of them.

    Of the months of the offending rows that are shown, where they name one.
    """
    figures = [table for table in result.check.tables if table in BY_TABLE]
    core = [table for table in result.check.tables if table.startswith("core.")]
    named = MONTH if MONTH in result.sample.columns else "period_start"
    months = sorted(set(result.sample[named].drop_nulls())) if named in result.sample.columns else []
    said = []
    if figures:
        rows = frame(connection.sql(_COMPUTED, params={"tables": figures, "months": months})).rows()
        said = [
            f"{table} of {_months(first, last)} was computed by run {run_id[:8]} at {_utc(computed_at)} "
            f"as of {_utc(as_of)}"
            for table, first, last, as_of, computed_at, run_id in rows
        ]
        if rows:
            first, last = min(row[1] for row in rows), max(row[2] for row in rows)
            said.append(f"`northstar backfill {first:%Y-%m} {last:%Y-%m}` computes them anew")
    if core:
        [(at,)] = frame(connection.sql(_LOADED, params={"tables": core})).rows()
        said += (
            [f"{', '.join(core)} changed last at {_utc(at)}, and `northstar rebuild` makes it anew from what landed"]
            if at
            else []
        )
    return "; ".join(said)


def _months(first: date, last: date) -> str:
    return f"{first:%Y-%m}" if first == last else f"{first:%Y-%m} to {last:%Y-%m}"


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
