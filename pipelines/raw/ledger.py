"""The ledger: what landed before, and writing the outcome of this load, in one transaction on the vault.

Here: raw.files, raw.paths, raw.loads, storing the accepted and refused rows, counting. Not here: which files are read
and how (load.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

import duckdb
import polars as pl

from pipelines.raw import doubts, identity, phones
from pipelines.raw.check import ADDED
from pipelines.raw.contents import Content
from pipelines.raw.erasure import erase, traces
from pipelines.raw.files.landing import Landed
from pipelines.raw.formats import Formats, Match
from pipelines.raw.kinds import Kind
from pipelines.raw.memory import bounded
from pipelines.raw.readings import LATEST
from pipelines.settings import Settings
from pipelines.warehouse.frames import registered
from pipelines.warehouse.quoting import identifier, literal
from pipelines.warehouse.sql_files import statements
from pipelines.warehouse.write import transaction

# A placeholder such as 9999-12-31 in a column without a CHECK must not make its file the newest forever.
_SANE = "BETWEEN '1990-01-01 00:00+00'::TIMESTAMPTZ AND '2100-01-01 00:00+00'::TIMESTAMPTZ"
Progress = Callable[[str], None]
# Tables of the vault, beside those of records, that say something of each file.
OF_FILES = ("rejected", "doubts", "readings")


@dataclass
class Outcome:
    """What became of one content in this load.

    container: zip, xlsx, singer or airbyte for a content that holds others and has no rows of its own.
    """

    bytes: int
    status: str
    reason: str | None = None
    match: Match | None = None
    container: str | None = None


@dataclass
class Ledger:
    """What earlier loads remember. due: contents with rows that were refused because their time had not come yet."""

    paths: dict[str, tuple[int, int, str | None, str, str | None]]
    files: dict[str, tuple[str, str | None, str | None, str | None]]
    fingerprint: str | None
    email_rules: str
    people: str | None
    due: frozenset[str] = frozenset()

    @cached_property
    def due_paths(self) -> frozenset[str]:
        """Where the contents lie that are due, and the archives they lie in."""
        paths = [PurePosixPath(path) for path, row in self.paths.items() if row[2] in self.due]
        return frozenset(str(place) for path in paths for place in (path, *path.parents))


@dataclass
class Work:
    """The state of one load."""

    connection: duckdb.DuckDBPyConnection
    settings: Settings
    kinds: Mapping[str, Kind]
    formats: Formats
    tell: Progress
    private: Path
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    paths: dict[str, tuple[Landed, str | None, str | None]] = field(default_factory=dict)
    pending: list[Content] = field(default_factory=list)
    pending_bytes: int = 0
    unknown: Callable[[Landed, Content], None] | None = None
    read_from: dict[str, Landed] = field(default_factory=dict)

    @property
    def landed_bytes(self) -> int:
        """Bytes of the contents that the load opened so far."""
        return sum(outcome.bytes for outcome in self.outcomes.values())


def read_ledger(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Ledger:
    """What the vault remembers of earlier loads."""
    paths = connection.sql("SELECT path, bytes, modified_ns, file_id, status, reason FROM vault.raw.paths").fetchall()
    files = connection.sql("SELECT file_id, status, format, format_fingerprint, reason FROM vault.raw.files").fetchall()
    [(last, rules)] = connection.sql(
        "SELECT max_by(formats_fingerprint, load_id), max_by(email_rules, load_id) FROM vault.raw.loads"
    ).fetchall()
    named_by = phones.applied_fingerprint(connection)
    due = connection.execute(
        "SELECT file_id FROM vault.raw.files WHERE read_again_at <= $1::TIMESTAMPTZ", [settings.as_of + LATEST]
    ).fetchall()
    return Ledger(
        {row[0]: row[1:] for row in paths},
        {row[0]: row[1:] for row in files},
        last,
        rules or "",
        named_by,
        frozenset(file_id for (file_id,) in due),
    )


def record_counts(connection: duckdb.DuckDBPyConnection, kinds: Iterable[str]) -> dict[str, int]:
    """Number of records that the vault holds, by kind."""
    return {
        kind: connection.execute(f"SELECT count(*) FROM vault.raw.{identifier(kind)}").fetchall()[0][0]
        for kind in kinds
    }


def store(
    work: Work,
    load_id: int | None,
    replaced: list[str],
    gone: list[str],
    *,
    restated: bool,
    renamed: bool,
) -> dict[str, tuple[int, int]]:
    """The one transaction on the vault; returns accepted and refused rows by kind.

    Args:
        work: the load.
        load_id: its number, None if nothing but paths changed.
        replaced: contents whose earlier rows are taken back.
        gone: paths to be removed from the ledger.
        restated: whether the e-mail rules differ from those of the load before.
        renamed: whether the settings that decide whom a stored record names do.
    """
    connection = work.connection
    counts: dict[str, tuple[int, int]] = {}
    cleaned = False
    if load_id is None and not work.paths and not gone:
        return counts
    with transaction(connection):
        if load_id is not None:
            rules = identity.named(work.settings.email_rules)
            _take_back(work, load_id, replaced)
            if renamed:
                phones.name_stored(connection, work.kinds, work.settings)
            phones.name_landed(connection, work.kinds, work.settings)
            phones.remember(connection, work.settings)
            cleaned = erase.carry_out(connection, work.kinds, work.settings, load_id, whole=restated or renamed)
            with bounded(connection, work.settings, work.landed_bytes):
                counts = _store_rows(work)
            if "orders" in counts:
                connection.execute(statements("raw/ledger/second_names.sql"))
            connection.execute("INSERT INTO vault.raw.readings BY NAME SELECT DISTINCT * FROM readings")
            _store_load(work, load_id, replaced)
            if replaced or restated or renamed or cleaned:
                identity.rebuild(connection, work.kinds.values(), load_id, rules)
            else:
                identity.update(connection, work.kinds.values(), load_id, rules)
        _store_paths(work, gone)
        traces.remove(connection, work.settings, changed=cleaned)
        _drop_checked(work)
    return counts


def _drop_checked(work: Work) -> None:
    """Drop the tables checked_<kind>, before the commit: its checkpoint would go over their rows.

    For 1.9 million rows that takes 0.9 s of processor.
    """
    for kind in work.kinds:
        work.connection.execute(f"DROP TABLE IF EXISTS temp.{identifier(f'checked_{kind}')}")


def _take_back(work: Work, load_id: int, replaced: list[str]) -> None:
    """Delete the rows of files that are read again."""
    for table in [*work.kinds, *OF_FILES] if replaced else []:
        work.connection.execute(
            f"DELETE FROM vault.raw.{identifier(table)} WHERE file_id IN (SELECT unnest($1::VARCHAR[]))", [replaced]
        )
    if replaced and erase.is_due(work.connection):
        # A request must not reach people through links that only the deleted rows made.
        identity.rebuild(work.connection, work.kinds.values(), load_id, identity.named(work.settings.email_rules))


def _store_rows(work: Work) -> dict[str, tuple[int, int]]:
    """Store the rows of the tables checked_<kind>; accepted and refused ones by kind."""
    connection, kinds = work.connection, list(work.kinds.values())
    connection.execute(f"CREATE OR REPLACE TEMP TABLE file_times AS {_file_times(kinds)}")
    coming = [
        f"SELECT file_id, {_moment(kind)} AS comes_at FROM {identifier(f'checked_{kind.name}')} "
        "WHERE refused IS NOT NULL AND refused->>'reason' = 'in_future'"
        for kind in kinds
    ]
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE coming_times AS SELECT file_id, min(comes_at) AS read_again_at "
        f"FROM ({' UNION ALL '.join(coming)}) GROUP BY file_id"
    )
    counts = {}
    for kind in kinds:
        table = identifier(f"checked_{kind.name}")
        [(accepted, refused)] = connection.sql(
            f"SELECT count(*) FILTER (refused IS NULL), count(refused) FROM {table}"
        ).fetchall()
        if accepted:
            connection.execute(
                f"INSERT INTO vault.raw.{identifier(kind.name)} BY NAME "
                f"SELECT c.* EXCLUDE ({', '.join(ADDED)}) REPLACE (t.file_event_at AS file_event_at) "
                f"FROM {table} AS c LEFT JOIN file_times AS t USING (file_id) WHERE c.refused IS NULL"
            )
        if refused:
            moment = _moment(kind)
            key, who = erase.refused_key(kind), erase.refused_identity(kind)
            connection.execute(
                f"CREATE OR REPLACE TEMP VIEW refused_now AS SELECT file_id, row_number, {literal(kind.name)} AS kind, "
                f"refused, source, {key} AS record_key, {who} AS identity, "
                f"CASE WHEN {moment} {_SANE} THEN {moment} END AS event_at FROM {table} WHERE refused IS NOT NULL"
            )
            connection.execute(statements("raw/ledger/refused_rows.sql"))
        if accepted:
            doubts.note(connection, kind)
        if accepted or refused:
            counts[kind.name] = (accepted, refused)
    connection.execute(statements("raw/ledger/repeated_rows.sql"))
    return counts


def _store_load(work: Work, load_id: int, replaced: list[str]) -> None:
    """Store the outcomes of the load's contents, and the load itself."""
    _store_files(work, load_id)
    rules = identity.named(work.settings.email_rules)
    work.connection.execute(
        "INSERT INTO vault.raw.loads VALUES ($1, $2, $3, $4, now(), $5)",
        [load_id, work.formats.fingerprint, len(work.outcomes), len(replaced), rules],
    )


def _moment(kind: Kind) -> str:
    """SQL of the time that dates a record."""
    return f"{identifier(kind.main_time)}::TIMESTAMPTZ" if kind.main_time else "NULL::TIMESTAMPTZ"


def _file_times(kinds: Sequence[Kind]) -> str:
    """Query of each file's latest event, and the first and last of the events that date its records."""
    parts = []
    for kind in kinds:
        instants = [f"{identifier(name)}::TIMESTAMPTZ" for name in kind.times]
        times = [f"max({instant}) FILTER ({instant} {_SANE})" for instant in instants]
        latest = f"greatest({', '.join(times)})" if times else "NULL"
        moment = _moment(kind)
        parts.append(
            f"SELECT file_id, {latest} AS latest, min({moment}) AS first, max({moment}) AS last "
            f"FROM {identifier(f'checked_{kind.name}')} WHERE refused IS NULL GROUP BY file_id"
        )
    return (
        "SELECT file_id, max(latest) AS file_event_at, min(first) AS first_event_at, max(last) AS last_event_at FROM ("
        + " UNION ALL ".join(parts)
        + ") GROUP BY file_id"
    )


def _store_files(work: Work, load_id: int) -> None:
    connection = work.connection
    outcomes = pl.DataFrame(
        [
            (
                file_id,
                ", ".join(one.kind.name for one in outcome.match.formats) if outcome.match else None,
                outcome.match.export if outcome.match else outcome.container,
                outcome.match.fingerprint if outcome.match else work.formats.fingerprint,
                outcome.bytes,
                outcome.status,
                outcome.reason,
            )
            for file_id, outcome in sorted(work.outcomes.items())
        ],
        schema={
            "file_id": pl.String,
            "kind": pl.String,
            "format": pl.String,
            "format_fingerprint": pl.String,
            "bytes": pl.Int64,
            "status": pl.String,
            "reason": pl.String,
        },
        orient="row",
    )
    first_kinds = pl.DataFrame(
        [
            (file_id, outcome.match.formats[0].kind.name, outcome.match.formats[0].source)
            for file_id, outcome in work.outcomes.items()
            if outcome.match
        ],
        schema={"file_id": pl.String, "kind": pl.String, "source": pl.String},
        orient="row",
    )
    refused_places = [
        f"SELECT file_id, row_number FROM {identifier(f'checked_{kind}')} WHERE refused IS NOT NULL"
        for kind in work.kinds
    ]
    refused_places.append("SELECT file_id, row_number FROM lines_lost")
    connection.execute(f"CREATE OR REPLACE TEMP VIEW refused_places AS {' UNION '.join(refused_places)}")
    with registered(connection, "outcomes", outcomes), registered(connection, "first_kinds", first_kinds):
        connection.execute(statements("raw/ledger/lost_lines.sql"))
        connection.execute(statements("raw/ledger/files.sql"), {"load_id": load_id})


def _store_paths(work: Work, gone: list[str]) -> None:
    connection = work.connection
    paths = pl.DataFrame(
        [
            (landed.path, landed.bytes, landed.modified_ns, file_id, "read" if file_id else "waiting", reason)
            for landed, file_id, reason in work.paths.values()
        ],
        schema={
            "path": pl.String,
            "bytes": pl.Int64,
            "modified_ns": pl.Int64,
            "file_id": pl.String,
            "status": pl.String,
            "reason": pl.String,
        },
        orient="row",
    )
    with registered(connection, "paths_seen", paths):
        connection.execute("INSERT OR REPLACE INTO vault.raw.paths BY NAME SELECT * FROM paths_seen ORDER BY path")
        connection.execute("DELETE FROM vault.raw.paths WHERE path IN (SELECT unnest($1::VARCHAR[]))", [gone])


def vanished_paths(work: Work, ledger: Ledger, listed: Iterable[Landed]) -> list[str]:
    """Paths of the ledger to be removed: files that waited and went away, members of archives that were replaced."""
    present = {landed.path for landed in listed}
    vanished = []
    for path, row in ledger.paths.items():
        if path in present or path in work.paths:
            continue
        archive = work.paths.get(_archive_of(path, present) or "")
        is_replaced = (
            archive is not None
            and archive[1] is not None
            and archive[1] != ledger.paths.get(archive[0].path, (0, 0, None))[2]
        )
        if row[3] == "waiting" or is_replaced:
            vanished.append(path)
    return vanished


def _archive_of(path: str, files: Container[str]) -> str | None:
    """The archive among the files whose member a path names."""
    return next((above.as_posix() for above in PurePosixPath(path).parents if above.as_posix() in files), None)


def statuses(work: Work, ledger: Ledger, listed: Iterable[Landed]) -> dict[str, int]:
    """How many paths have each status, members too: a content counts at its first path, the others are duplicates."""
    statuses: Counter[str] = Counter()
    counted: set[str] = set()
    present = {landed.path for landed in listed}
    members = [path for path in ledger.paths if path not in present and _archive_of(path, present)]
    for path in sorted(present | set(work.paths) | set(members)):
        now = work.paths.get(path)
        before = ledger.paths.get(path)
        file_id = now[1] if now else before[2] if before else None
        if file_id is None:
            statuses["waiting"] += 1
        elif file_id in counted:
            statuses["duplicate"] += 1
        else:
            counted.add(file_id)
            outcome = work.outcomes.get(file_id)
            statuses[outcome.status if outcome else ledger.files[file_id][0]] += 1
    return dict(statuses)
