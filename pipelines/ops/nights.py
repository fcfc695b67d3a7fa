"""The record of a night: what it loaded, recomputed and published, and why, in one row of ops.nights.

Here: the row's life, step by step; each step has its own transaction, except the last, which is part of the
publishing's. Not here: what a night does (assets/jobs.py). A killed night is marked as failed by the next one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.figures import BY_TABLE
from pipelines.ops.table_reads import table_reads
from pipelines.periods import Clock, Window
from pipelines.settings import Settings
from pipelines.warehouse.frames import registered
from pipelines.warehouse.sql_files import statements
from pipelines.warehouse.write import transaction

if TYPE_CHECKING:
    from pipelines.ops.restatements import Restated
    from pipelines.raw.load import LoadReport

KILLED = "ended before it was done, killed or cut off"


@dataclass(frozen=True)
class Run:
    """A run as part of its night. seconds: since it got the warehouse."""

    night_id: str
    run_id: str
    job: str
    seconds: float


@dataclass(frozen=True)
class Night:
    """A row of ops.nights for a reader: times in UTC and seconds by job as text (sql/ops/newest_night.sql)."""

    night_id: str
    status: str
    reason: str | None
    started: str
    files_loaded: int | None
    files_failed: int | None
    files_unrecognised: int | None
    rows_accepted: int | None
    rows_rejected: int | None
    first_stale_month: str | None
    because: str | None
    months: int | None
    figure_rows: int | None
    seconds: str | None
    published: str | None
    restatements: int | None


def begun(connection: duckdb.DuckDBPyConnection, run: Run) -> None:
    """Record that a run has the warehouse: the first of its night, or a further one.

    Only one run has the warehouse at a time, so no other night is running, whatever its row says. A night counts
    as running again when its figures follow later.
    """
    now = datetime.now(UTC)
    with transaction(connection):
        connection.execute(
            "UPDATE ops.nights SET status = 'failed', reason = ? WHERE status = 'running' AND night_id <> ?",
            [KILLED, run.night_id],
        )
        if run.job == "ingest":
            # The night is repeated; its earlier runs are still in the UI.
            connection.execute("DELETE FROM ops.nights WHERE night_id = ?", [run.night_id])
        _insert(connection, run, now)
        connection.execute(
            "UPDATE ops.nights SET status = 'running', reason = NULL, finished_at = NULL, "
            "run_ids = list_append(list_filter(run_ids, lambda one: one <> ?), ?) WHERE night_id = ?",
            [run.run_id, run.run_id, run.night_id],
        )


def loaded(connection: duckdb.DuckDBPyConnection, run: Run, report: LoadReport) -> None:
    """Record what the night's load read: contents by status, records used and refused."""
    contents: dict[str, int] = dict(
        connection.sql(
            "SELECT status, count(*) FROM vault.raw.files WHERE load_id = $load GROUP BY status",
            params={"load": -1 if report.load_id is None else report.load_id},
        ).fetchall()
    )
    files = {f"files_{status}": contents.get(status, 0) for status in ("loaded", "failed", "unrecognised")}
    rows = {"rows_accepted": sum(report.accepted.values()), "rows_rejected": sum(report.rejected.values())}
    _set(connection, run, files | rows)


def conformed(connection: duckdb.DuckDBPyConnection, run: Run, settings: Settings, months: Window | None) -> None:
    """Record the first stale month and why it is stale; a night without data ends here."""
    values: dict[str, Any] = {}
    if months is not None:
        change_id, because = _because(connection, settings, months)
        values = {"first_stale_month": months.start, "change_id": change_id, "because": because}
    with transaction(connection):
        _set(connection, run, values)
        _note_seconds(connection, run)


def published(connection: duckdb.DuckDBPyConnection, run: Run, restated: Restated) -> None:
    """Record the end of the night: what was computed and published; inside the publishing's transaction."""
    _insert(connection, run, datetime.now(UTC))
    [(months, rows)] = connection.sql(
        "SELECT count(DISTINCT month), coalesce(sum(rows), 0) FROM ops.computed WHERE list_contains(("
        "SELECT any_value(run_ids) FROM ops.nights WHERE night_id = $night), run_id)",
        params={"night": run.night_id},
    ).fetchall()
    values = {
        "status": "done",
        "reason": None,
        "finished_at": datetime.now(UTC),
        "months": months,
        "figure_rows": rows,
        "published_at": restated.published_at,
        "restatements": restated.figures,
    }
    _set(connection, run, values)
    _note_seconds(connection, run)


def failed(connection: duckdb.DuckDBPyConnection, run: Run, reason: str) -> None:
    """Record that the run failed. reason: step and class of the error; its message may hold data and is left out."""
    with transaction(connection):
        _insert(connection, run, datetime.now(UTC))
        _set(connection, run, {"status": "failed", "reason": reason, "finished_at": datetime.now(UTC)})
        _note_seconds(connection, run)


def ended(connection: duckdb.DuckDBPyConnection, run: Run) -> None:
    """Record the end of a run that did not fail. A run that only computed is done; another run publishes."""
    connection.execute(
        "UPDATE ops.nights SET status = 'done', finished_at = now() "
        "WHERE night_id = ? AND status = 'running' AND (? <> 'ingest' OR first_stale_month IS NULL)",
        [run.night_id, run.job],
    )


def newest(connection: duckdb.DuckDBPyConnection, night_id: str | None = None) -> Night | None:
    """The newest night, or the one of that id; None if there is none, or the file is of an older program."""
    has_nights = connection.sql("SELECT 1 FROM duckdb_tables() WHERE (schema_name, table_name) = ('ops', 'nights')")
    if not has_nights.fetchall():
        return None
    rows = connection.sql(statements("ops/newest_night.sql"), params={"night": night_id}).fetchall()
    return Night(*rows[0]) if rows else None


def _because(connection: duckdb.DuckDBPyConnection, settings: Settings, months: Window) -> tuple[int | None, str]:
    """The change that makes the first stale month stale, or None, and the reason in words."""
    with registered(connection, "table_reads", table_reads()):
        changes = connection.sql(statements("ops/stale_because.sql"), params={"month": months.start}).fetchall()
    for change_id, path, kind, records, from_month in changes:
        source = path or "following from other records or from settings"
        return int(change_id), f"{source}: {records} {kind} from {from_month:%Y-%m} on"
    if months.start == Clock(settings.as_of, settings.timezone).open_month:
        return None, "the month is open"
    [(early,)] = connection.sql(
        "SELECT coalesce(bool_or(CAST(month + INTERVAL 1 MONTH AS TIMESTAMPTZ) > as_of), false) FROM ops.computed "
        "WHERE month = $month",
        params={"month": months.start},
    ).fetchall()
    return None, "it was computed before the month had ended" if early else _what_changed(connection, settings, months)


def _what_changed(connection: duckdb.DuckDBPyConnection, settings: Settings, months: Window) -> str:
    """Whether the program or the settings differ from those the first stale month was computed with, in words.

    The first night after an upgrade recomputes the figures whose code changed; this says why.
    """
    stored = connection.sql(
        "SELECT table_name, fingerprint FROM ops.computed WHERE month = $month", params={"month": months.start}
    ).fetchall()
    pairs = [
        (was.split("-"), BY_TABLE[table].fingerprint(settings).split("-")) for table, was in stored if table in BY_TABLE
    ]
    changed = {
        "program": any(was[0] != now[0] for was, now in pairs),
        "settings": any(was[1:] != now[1:] for was, now in pairs if len(was) == len(now)),
    }
    words = " and ".join(name for name, differs in changed.items() if differs)
    return f"{words} changed" if words else "settings or program changed"


def _insert(connection: duckdb.DuckDBPyConnection, run: Run, now: datetime) -> None:
    connection.execute(
        "INSERT INTO ops.nights (night_id, run_ids, started_at, status) SELECT $night, [$run], $now, 'running' "
        "WHERE NOT EXISTS (SELECT 1 FROM ops.nights WHERE night_id = $night)",
        {"night": run.night_id, "run": run.run_id, "now": now},
    )


def _set(connection: duckdb.DuckDBPyConnection, run: Run, values: dict[str, Any]) -> None:
    if values:
        columns = ", ".join(f"{name} = ?" for name in values)
        connection.execute(f"UPDATE ops.nights SET {columns} WHERE night_id = ?", [*values.values(), run.night_id])


def _note_seconds(connection: duckdb.DuckDBPyConnection, run: Run) -> None:
    connection.execute(
        "UPDATE ops.nights SET seconds = map_concat(coalesce(seconds, MAP {}), MAP {?: ?}) WHERE night_id = ?",
        [run.job, round(run.seconds, 3), run.night_id],
    )
