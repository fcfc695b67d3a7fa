"""What one file would do, without loading it.

Here: the real load, of this file alone, into a vault in memory that is thrown away. Not here: any second way of
reading; what a trial says is what a load would do.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb

from pipelines.raw.load import load
from pipelines.settings import Settings
from pipelines.warehouse.connection import set_session, statements

SHOWN = 5


@dataclass(frozen=True)
class Trial:
    """The ledger's row of the file, its records by kind, its reasons by frequency, and its first refused rows.

    first_refused: row number, column, reason, value as it came, what is allowed. Personal data may be among the values:
    for the operator's terminal, never for a log.
    """

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


def trial(file: Path, settings: Settings) -> Trial:
    """Load one file into nothing and tell what would become of it."""
    with tempfile.TemporaryDirectory(prefix="northstar-") as folder, duckdb.connect(":memory:") as connection:
        home = Path(folder)
        landing = home / "landing"
        landing.mkdir()
        try:
            os.link(file, landing / file.name)
        except OSError:
            shutil.copyfile(file, landing / file.name)
        if settings.formats_path.is_dir():
            (home / "formats").symlink_to(settings.formats_path)
        alone = settings.model_copy(update={"home": home, "landing": landing})
        set_session(connection, alone)
        connection.execute("ATTACH ':memory:' AS vault")
        connection.execute("USE vault")
        connection.execute(statements("schema/raw.sql"))
        load(connection, alone)
        return _told(connection)


def _told(connection: duckdb.DuckDBPyConnection) -> Trial:
    found = connection.sql(
        "SELECT coalesce(f.status, p.status), f.format, f.kind, coalesce(f.reason, p.reason), f.rows, f.accepted, "
        "f.rejected, f.first_event_at, f.last_event_at FROM raw.paths AS p LEFT JOIN raw.files AS f USING (file_id)"
    ).fetchall()
    if not found:
        return Trial("not read: hidden files are passed over")
    records = {}
    for kind in (found[0][2] or "").split(", "):
        if kind:
            [(records[kind],)] = connection.sql(f'SELECT count(*) FROM raw."{kind}"').fetchall()
    reasons = connection.sql(
        "SELECT coalesce(column_name || ' ', '') || reason AS reason, count(*) AS refused FROM raw.rejected "
        "GROUP BY ALL ORDER BY refused DESC, reason"
    ).fetchall()
    first = connection.sql(
        "SELECT row_number, column_name, reason, value, allowed FROM raw.rejected "
        f"ORDER BY row_number, kind LIMIT {SHOWN}"
    ).fetchall()
    return Trial(*found[0], records, reasons, first)  # type: ignore[call-arg]  # nine columns, nine fields
