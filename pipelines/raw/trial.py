"""What loading files would do.

Here: the real load, of these files alone, into a vault in memory that is thrown away; and a second load with the
drafts for what no format recognised. Not here: any second way of reading, so that a trial reports what a load would do.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.raw.draft import Draft, draft, save
from pipelines.raw.kinds import read_kinds
from pipelines.raw.load import load
from pipelines.settings import Settings
from pipelines.warehouse.connection import set_pseudonym, set_session
from pipelines.warehouse.quoting import identifier
from pipelines.warehouse.sql_files import statements

SHOWN = 5
# The export under which drafts are tried; saved, they have the name that the operator gives.
DRAFTED = "northstar-draft"
# Reasons for which a format refuses a row for what it is: they say nothing against the values of its columns.
MEANT = frozenset(
    {
        *("not_nps", "wrong_scale", "partial", "preview", "test", "bogus", "excluded", "disqualified", "not_sent"),
        *("unpaid", "pending", "draft", "abandoned", "self_referral", "existing_customer", "footer"),
    }
)


@dataclass(frozen=True)
class Money:
    """Orders of one currency as they stand in a file: the sum of their totals and of what was refunded."""

    currency: str | None
    orders: int
    total: float
    refunded: float


@dataclass(frozen=True)
class Told:
    """How a column was read whose values can be read in two ways, and what told it: as raw.readings has it."""

    column: str
    reading: str | None
    told_by: str


@dataclass(frozen=True)
class Trial:
    """What becomes of one content: the ledger's row, records by kind, reasons by frequency, the first refused rows.

    path: the file, or a member below it. first_refused: row number, column, reason, masked value, what is allowed.
    readings: how its days and amounts were read. money, nps, answers: of the newest version of each order and answer.
    draft: a format for a header that none recognises. tried: what becomes of the content with the draft.
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
    readings: list[Told] = field(default_factory=list)
    money: list[Money] = field(default_factory=list)
    nps: float | None = None
    answers: int = 0
    draft: Draft | None = None
    tried: Trial | None = None


@contextmanager
def passing_home(files: Sequence[Path], settings: Settings) -> Iterator[Settings]:
    """Settings of a home that is thrown away, with these files in its landing folder and the operator's formats."""
    with tempfile.TemporaryDirectory(prefix="northstar-") as folder:
        home = Path(folder)
        landing = home / "landing"
        for number, file in enumerate(files, 1):
            # Files of one name, from several folders, must not replace each other.
            place = landing / str(number) / file.name if len(files) > 1 else landing / file.name
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(file.resolve(), place)
            except OSError:
                shutil.copyfile(file, place)
        formats = home / "formats"
        formats.mkdir()
        for own in sorted(settings.formats_path.glob("*.sql")):
            (formats / own.name).symlink_to(own.absolute())
        for own in sorted(settings.home.glob("*.csv")):
            (home / own.name).symlink_to(own.absolute())
        yield settings.model_copy(update={"home": home, "landing": landing})


def trial(file: Path, settings: Settings) -> list[Trial]:
    """Load one file into a passing vault: what would become of it, and of each member if it is an archive."""
    with passing_home([file], settings) as alone, duckdb.connect(":memory:") as connection:
        set_session(connection, alone)
        connection.execute("ATTACH ':memory:' AS vault")
        connection.execute("USE vault")
        connection.execute(statements("schema/raw.sql"))
        set_pseudonym(connection, b"a key for a passing vault")  # the macros of core call pseudonym()
        connection.execute(statements("macros/core"))
        drafts: dict[str, Draft] = {}

        def drafted(path: str, made: Draft | None) -> None:
            if made is not None:
                drafts[path] = made

        kinds = read_kinds(connection)
        load(connection, alone, unknown=lambda landed, content: drafted(landed.path, draft(connection, content, kinds)))
        trials = _trials(connection)
        return _with_drafts(connection, alone, trials, drafts) if drafts else trials


def _with_drafts(
    connection: duckdb.DuckDBPyConnection, alone: Settings, trials: list[Trial], drafts: dict[str, Draft]
) -> list[Trial]:
    """The trials with their drafts, each of them tried on its file by one more load, or two."""
    tried = _tried(connection, alone, drafts)
    spelled = {
        path: made.spelled(_refused_columns(tried[path]), tried[path].rows or 0) for path, made in drafts.items()
    }
    if any(spelled[path].text != made.text for path, made in drafts.items()):
        drafts = spelled
        tried = _tried(connection, alone, drafts)
    return [_with_draft(one, drafts[one.path], tried[one.path]) if one.path in drafts else one for one in trials]


def _tried(connection: duckdb.DuckDBPyConnection, alone: Settings, drafts: Mapping[str, Draft]) -> dict[str, Trial]:
    """What becomes of each path with the drafts among the formats."""
    for earlier in alone.formats_path.glob(f"{DRAFTED}-*.sql"):
        earlier.unlink()
    for number, text in enumerate(dict.fromkeys((one.kind, one.text) for one in drafts.values())):
        save(Draft(*text), f"{DRAFTED}-{number}", alone.formats_path)
    load(connection, alone)
    return {one.path: one for one in _trials(connection)}


def _with_draft(before: Trial, made: Draft, tried: Trial) -> Trial:
    return replace(before, draft=made.tried(_refused_columns(tried), tried.rows or 0), tried=tried)


def _refused_columns(tried: Trial) -> dict[str, tuple[int, str]]:
    """Refused rows and the most frequent reason, by column."""
    columns: dict[str, tuple[int, str]] = {}
    for name, count in tried.reasons:
        column, _, reason = name.rpartition(" ")
        if reason in MEANT:
            continue
        before, most = columns.get(column, (0, reason))
        columns[column] = (before + count, most)
    return columns


def _trials(connection: duckdb.DuckDBPyConnection) -> list[Trial]:
    rows = connection.sql(
        "SELECT p.path, coalesce(f.status, p.status), f.format, f.kind, coalesce(f.reason, p.reason), f.rows, "
        "f.accepted, f.rejected, f.first_event_at, f.last_event_at, file_id "
        "FROM raw.paths AS p LEFT JOIN raw.files AS f USING (file_id) ORDER BY path"
    ).fetchall()
    if not rows:
        return [Trial("", "not read: hidden files are passed over")]
    return [_one(connection, row) for row in rows]


def _one(connection: duckdb.DuckDBPyConnection, row: tuple[Any, ...]) -> Trial:
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
    money = connection.sql(statements("raw/trial/money.sql"), params={"file": file_id}).fetchall()
    told = connection.sql(
        "SELECT column_name, reading, told_by FROM raw.readings WHERE file_id = $1 ORDER BY ALL", params=[file_id]
    ).fetchall()
    [(nps, answers)] = connection.sql(statements("raw/trial/score.sql"), params={"file": file_id}).fetchall()
    ledger = Trial(*ledger_row)
    amounts = [Money(*one) for one in money]
    return replace(
        ledger,
        records=records,
        reasons=reasons,
        first_refused=first,
        readings=[Told(*one) for one in told],
        money=amounts,
        nps=nps,
        answers=answers,
    )
