"""Publishing: the published file becomes a copy of the checked warehouse, or stays as it was.

Here: seeing that every check passes, and replacing the published file atomically. Every run that publishes, however it
was started, calls this one function. Not here: Dagster. Readers keep the file they have open; new readers get the new
one.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from pipelines.figures import causes, checks, passes
from pipelines.figures.compute import stale
from pipelines.ops import nights, restatements
from pipelines.ops.published import opened_published
from pipelines.settings import WAREHOUSE, Settings
from pipelines.warehouse import compact, parquet_copies, rebuild
from pipelines.warehouse.connection import set_state, state, sync_folder
from pipelines.warehouse.upgrade import RENEWED
from pipelines.warehouse.write import transaction


class PublishRefused(RuntimeError):  # noqa: N818 (it is a decision, not a defect)
    """A blocking check fails: the published file stays as it was."""


@dataclass(frozen=True)
class Published:
    """What was published.

    rows: by table. warnings: of checks that do not block, and notes. published_at: of its row in ops.publications.
    restatements: figures of closed months that moved. new_warnings: those that the publishing before did not have.
    """

    path: Path
    bytes: int
    rows: dict[str, int]
    warnings: list[str]
    published_at: datetime
    restatements: int
    new_warnings: list[str]


def publish(
    connection: duckdb.DuckDBPyConnection, settings: Settings, run: nights.Run | None = None, *, recheck: bool = False
) -> Published:
    """Check the warehouse and replace the published file by a copy of it; ends a rebuild of the warehouse.

    Args:
        connection: the warehouse.
        settings: the place of the published file, and the clock.
        run: the run whose night ends with this publishing, if there is one.
        recheck: run every check over everything, not only those whose rows changed since they passed.

    Raises:
        PublishRefused: a blocking check fails, or a rebuilt warehouse lacks months; nothing was replaced.
    """
    if state(connection, RENEWED) and (missing := _missing(connection, settings)):
        message = (
            f"Not published; the previous file stays: the warehouse was rebuilt and {missing} is not computed yet. "
            "Run `northstar nightly`."
        )
        raise PublishRefused(message)
    if compact.is_due(connection):
        compact.compact(connection, settings)
    if recheck:
        passes.forget(connection)
    broken = _broken_checks(connection, settings)
    notes = [*_clock_set_back(connection, settings), *_tables_apart(connection, settings)]
    with restatements.yesterday(connection, settings) as problem, transaction(connection):
        connection.execute("DELETE FROM ops.state WHERE name = ?", [RENEWED])
        restated = restatements.restate(connection, settings, [result.check.name for result in broken])
        set_state(connection, "timezone", settings.timezone)
        set_state(connection, "counting", settings.counting)
        set_state(connection, "as_of", settings.as_of.isoformat())
        if run is not None:
            nights.published(connection, run, restated)
    connection.execute("CHECKPOINT warehouse")
    rows = _replace(settings)
    parquet_copies.write(settings)
    rebuild.adopt(connection, settings, WAREHOUSE)
    return Published(
        path=settings.published_path,
        bytes=settings.published_path.stat().st_size,
        rows=rows,
        warnings=[describe(result) for result in broken] + ([problem] if problem else []) + notes,
        published_at=restated.published_at,
        restatements=restated.figures,
        new_warnings=[describe(result) for result in broken if result.check.name in restated.new_warnings],
    )


def _broken_checks(connection: duckdb.DuckDBPyConnection, settings: Settings) -> list[checks.Result]:
    """The checks that warn.

    Raises:
        PublishRefused: a blocking check fails.
    """
    broken = [result for result in passes.verify(connection, settings) if not result.passed]
    blocking = [
        f"{describe(result)}: {cause}" if (cause := causes.cause(connection, result)) else describe(result)
        for result in broken
        if result.check.is_blocking
    ]
    if blocking:
        message = "Not published; the previous file stays. Broken checks:\n" + "\n".join(blocking)
        raise PublishRefused(message)
    return broken


def _replace(settings: Settings) -> dict[str, int]:
    """Put a copy of the warehouse in the place of the published file, atomically; returns its rows by table."""
    _open_folder(settings.published)
    target = settings.published_path
    # A killed publishing leaves its draft.
    for leftover in target.parent.glob(f".{target.name}.*"):
        leftover.unlink()
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        shutil.copyfile(settings.warehouse_path, draft)
        rows = _rows(settings, draft)
        # Read-only for everyone: a client that opens it for writing leaves a journal that fits no later file.
        draft.chmod(0o444)
        with draft.open("rb") as copied:
            os.fsync(copied.fileno())
        # root can still leave such a journal, and nobody can open a file that lies beside it.
        target.with_name(f"{target.name}.wal").unlink(missing_ok=True)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(target.parent)
    return rows


def _clock_set_back(connection: duckdb.DuckDBPyConnection, settings: Settings) -> list[str]:
    """A note if the file published before is as of a later time."""
    before = state(connection, "as_of")
    if before is None or datetime.fromisoformat(before) <= settings.as_of:
        return []
    return [
        f"The clock was set back: the file published before is as of {before}, this one as of "
        f"{settings.as_of.isoformat()}."
    ]


def _tables_apart(connection: duckdb.DuckDBPyConnection, settings: Settings) -> list[str]:
    """A note if tables of one month were computed from different clocks or changes."""
    apart = passes.tables_apart(connection, settings)
    return [
        f"{', '.join(tables)} of {month:%Y-%m}: computed before other tables of the month, and published so; "
        "`northstar nightly` brings all to one clock."
        for month, tables in apart.items()
    ]


def describe(result: checks.Result) -> str:
    """A broken check in one line."""
    return f"{result.check.name}: {result.check.promise} ({result.offending} rows)"


def _missing(connection: duckdb.DuckDBPyConnection, settings: Settings) -> str | None:
    """What a rebuilt warehouse lacks, in words, or None."""
    if state(connection, "applied_load_id") is None:
        return "what landed"
    computed = set(connection.sql("SELECT table_name, month FROM ops.computed").fetchall())
    stale_months = stale(connection, settings).items()
    months = [month for table, months in stale_months for month in months if (table, month) not in computed]
    return f"a table's month {min(months):%Y-%m}" if months else None


def _rows(settings: Settings, path: Path) -> dict[str, int]:
    """Rows by table of a finished file, read as an analyst reads it, which proves that it opens by itself."""
    with opened_published(settings, path) as reader:
        tables = reader.sql(
            "SELECT schema_name || '.' || table_name AS name FROM duckdb_tables() WHERE NOT internal ORDER BY name"
        ).fetchall()
        counts = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for (name,) in tables)
        return dict(reader.execute(f"{counts} ORDER BY ALL").fetchall())


def _open_folder(folder: Path) -> None:
    """Make the folder and its missing parents, readable for everyone; existing folders keep their modes.

    The umask is private: the home's other files are not for readers.
    """
    if not folder.exists():
        _open_folder(folder.parent)
        folder.mkdir()
        folder.chmod(0o755)
