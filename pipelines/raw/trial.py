"""What loading one file would do.

Here: the real load, of this file alone, into a vault in memory that is thrown away. Not here: any second way of
reading, so that a trial reports what a load would do.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.raw.draft import Draft, draft
from pipelines.raw.kinds import read_kinds
from pipelines.raw.load import load
from pipelines.settings import Settings
from pipelines.warehouse.connection import set_pseudonym, set_session
from pipelines.warehouse.quoting import identifier
from pipelines.warehouse.sql_files import statements

SHOWN = 5


@dataclass(frozen=True)
class Trial:
    """What becomes of one content: the ledger's row, records by kind, reasons by frequency, the first refused rows.

    path: the file, or a member below it. first_refused: row number, column, reason, masked value, what is allowed.
    draft: a format for a header that none recognises.
    """

    path: str
    status: str
    format: str | None = None
    kind: str | None = None
    reason: str | None = None
    rows: int | None = None
    accepted: int | None = None
    rejected: int | None = None
    first_event_at: datetime | None = None
    last_event_at: datetime | None = None
    records: dict[str, int] = field(default_factory=dict)
    reasons: list[tuple[str, int]] = field(default_factory=list)
    first_refused: list[tuple[int, str | None, str, str | None, str | None]] = field(default_factory=list)
    draft: Draft | None = None


def trial(file: Path, settings: Settings) -> list[Trial]:
    """Load one file into a passing vault: what would become of it, and of each member if it is an archive."""
    with tempfile.TemporaryDirectory(prefix="northstar-") as folder, duckdb.connect(":memory:") as connection:
        home = Path(folder)
        landing = home / "landing"
        landing.mkdir()
        try:
            os.link(file.resolve(), landing / file.name)
        except OSError:
            shutil.copyfile(file, landing / file.name)
        if settings.formats_path.is_dir():
            (home / "formats").symlink_to(settings.formats_path.absolute())
        alone = settings.model_copy(update={"home": home, "landing": landing})
        set_session(connection, alone)
        connection.execute("ATTACH ':memory:' AS vault")
        connection.execute("USE vault")
        connection.execute(statements("schema/raw.sql"))
        set_pseudonym(connection, b"a key for a passing vault")  # the macros of core call pseudonym()
        connection.execute(statements("macros/core"))
        drafts: dict[str, Draft | None] = {}
        load(
            connection,
            alone,
            unknown=lambda landed, content: drafts.update(
                {landed.path: draft(connection, content, read_kinds(connection))}
            ),
        )
        return _trials(connection, drafts)


def _trials(connection: duckdb.DuckDBPyConnection, drafts: Mapping[str, Draft | None]) -> list[Trial]:
    rows = connection.sql(
        "SELECT p.path, coalesce(f.status, p.status), f.format, f.kind, coalesce(f.reason, p.reason), f.rows, "
        "f.accepted, f.rejected, f.first_event_at, f.last_event_at, file_id "
        "FROM raw.paths AS p LEFT JOIN raw.files AS f USING (file_id) ORDER BY path"
    ).fetchall()
    if not rows:
        return [Trial("", "not read: hidden files are passed over")]
    return [_one(connection, row, drafts.get(row[0])) for row in rows]


def _one(connection: duckdb.DuckDBPyConnection, row: tuple[Any, ...], drafted: Draft | None) -> Trial:
    *ledger_row, file_id = row
    records = {}
    for kind in (ledger_row[3] or "").split(", "):
        if kind:
            [(records[kind],)] = connection.sql(
                f"SELECT count(*) FROM raw.{identifier(kind)} WHERE file_id = $1", params=[file_id]
            ).fetchall()
    reasons = connection.sql(
        "SELECT coalesce(column_name || ' ', '') || reason AS reason, count(*) AS refused FROM raw.rejected "
        "WHERE file_id = $1 GROUP BY ALL ORDER BY refused DESC, reason",
        params=[file_id],
    ).fetchall()
    first = connection.sql(
        "SELECT row_number, column_name, reason, masked_value(value), allowed FROM raw.rejected "
        f"WHERE file_id = $1 ORDER BY row_number, kind LIMIT {SHOWN}",
        params=[file_id],
    ).fetchall()
    return Trial(*ledger_row, records, reasons, first, drafted)  # type: ignore[call-arg]  # ten columns, ten fields
