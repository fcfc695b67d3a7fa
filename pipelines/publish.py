"""Publishing: what analysts read becomes what was just checked, or stays as it was.

Here: verifying the working file by itself and putting a copy in the published file's place. Not here: Dagster; a run
launched in any way goes through this one function. Readers keep the file they have open; new ones see the new one.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from pipelines.figures import checks
from pipelines.figures.compute import stale
from pipelines.ops import nights, restatements
from pipelines.settings import WAREHOUSE, Settings
from pipelines.warehouse import compact, rebuild
from pipelines.warehouse.connection import set_state, state, sync_folder
from pipelines.warehouse.upgrade import RENEWED
from pipelines.warehouse.write import transaction


class PublishRefused(RuntimeError):  # noqa: N818 (it is a decision, not a defect)
    """A blocking check fails: the published file stays as it was."""


@dataclass(frozen=True)
class Published:
    """What was published: the file, its bytes, rows per table, and the warnings of the checks that do not block.

    published_at: its row in ops.publications. restatements: figures of closed months that moved. new_warnings: those
    of the warnings that the publishing before did not have.
    """

    path: Path
    bytes: int
    rows: dict[str, int]
    warnings: list[str]
    published_at: datetime
    restatements: int
    new_warnings: list[str]


def publish(connection: duckdb.DuckDBPyConnection, settings: Settings, run: nights.Run | None = None) -> Published:
    """Check the working file and replace the published one by a copy of it; a warehouse made anew is then the one.

    Args:
        connection: the warehouse.
        settings: where to, and the clock.
        run: whose night ends with this, if it is one.

    Raises:
        PublishRefused: a blocking check fails, or a warehouse made anew lacks months; nothing was replaced.
    """
    if state(connection, RENEWED) and (missing := _missing(connection, settings)):
        message = (
            "Not published, the file of before stays: the warehouse is made anew, and "
            f"{missing} is not computed yet. Run `northstar nightly`."
        )
        raise PublishRefused(message)
    if compact.is_due(connection):
        compact.compact(connection, settings)
    results = checks.run(connection, settings)
    broken = [result for result in results if not result.passed]
    blocking = [describe(result) for result in broken if result.check.is_blocking]
    if blocking:
        message = "Not published, the file of before stays. Broken checks:\n" + "\n".join(blocking)
        raise PublishRefused(message)
    notes = _clock_set_back(connection, settings)
    with restatements.yesterday(connection, settings) as problem, transaction(connection):
        connection.execute("DELETE FROM ops.state WHERE name = ?", [RENEWED])
        restated = restatements.restate(connection, settings, [result.check.name for result in broken])
        set_state(connection, "timezone", settings.timezone)
        set_state(connection, "counting", settings.counting)
        set_state(connection, "as_of", settings.as_of.isoformat())
        if run is not None:
            nights.published(connection, run, restated)
    connection.execute("CHECKPOINT warehouse")
    _open_folder(settings.published)
    target = settings.published_path
    # What a killed publish left behind.
    for leftover in target.parent.glob(f".{target.name}.*"):
        leftover.unlink()
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        shutil.copyfile(settings.warehouse_path, draft)
        rows = _rows(draft)
        # Read by all, written by nobody: who opened it for writing would leave a journal that fits no later file.
        draft.chmod(0o444)
        with draft.open("rb") as copied:
            os.fsync(copied.fileno())
        # Such a journal, which root can still make, keeps everybody from opening the file beside it.
        target.with_name(f"{target.name}.wal").unlink(missing_ok=True)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(target.parent)
    rebuild.keep(connection, settings, WAREHOUSE)
    new = [describe(result) for result in broken if result.check.name in restated.new_warnings]
    warnings = [describe(result) for result in broken] + ([problem] if problem else []) + notes
    return Published(
        target, target.stat().st_size, rows, warnings, restated.published_at, restated.figures, new_warnings=new
    )


def _clock_set_back(connection: duckdb.DuckDBPyConnection, settings: Settings) -> list[str]:
    """A note if the file published before is as of a later time."""
    before = state(connection, "as_of")
    if before is None or datetime.fromisoformat(before) <= settings.as_of:
        return []
    return [
        f"The clock was set back: the file published before told what had happened by {before}, this one what had "
        f"happened by {settings.as_of.isoformat()}."
    ]


def describe(result: checks.Result) -> str:
    """A broken check in one line."""
    return f"{result.check.name}: {result.check.promise} ({result.offending} rows)"


def _missing(connection: duckdb.DuckDBPyConnection, settings: Settings) -> str | None:
    """What a warehouse that was made anew does not hold yet, in words."""
    if state(connection, "applied_load_id") is None:
        return "what landed"
    computed = set(connection.sql("SELECT table_name, month FROM ops.computed").fetchall())
    late = stale(connection, settings)
    months = [month for table, months in late.items() for month in months if (table, month) not in computed]
    return f"a table's month {min(months):%Y-%m}" if months else None


def _rows(path: Path) -> dict[str, int]:
    """Rows per table of a finished file, read as an analyst reads it: proof that it opens by itself."""
    reader = duckdb.connect(str(path), read_only=True)
    try:
        tables = reader.sql(
            "SELECT schema_name || '.' || table_name AS name FROM duckdb_tables() WHERE NOT internal ORDER BY name"
        ).fetchall()
        return {name: reader.sql(f"SELECT count(*) FROM {name}").fetchall()[0][0] for (name,) in tables}
    finally:
        reader.close()


def _open_folder(folder: Path) -> None:
    """Make the folder, and those above it that are missing, readable for all.

    The home's files are private, what is published is for readers. Folders that exist keep the modes they were given.
    """
    if not folder.exists():
        _open_folder(folder.parent)
        folder.mkdir()
        folder.chmod(0o755)
