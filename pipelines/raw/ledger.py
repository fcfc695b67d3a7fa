"""The ledger: what landed before, and writing what this load found, in one transaction on the vault.

Here: raw.files, raw.paths, raw.loads, the accepted and refused rows, counting. Not here: which files are read and how
(load.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import duckdb
import polars as pl

from pipelines.raw import identity
from pipelines.raw.contents import Content
from pipelines.raw.erasure import erase, traces
from pipelines.raw.files.landing import Landed
from pipelines.raw.formats import Formats, Match
from pipelines.raw.kinds import Kind
from pipelines.settings import Settings
from pipelines.warehouse.frames import registered
from pipelines.warehouse.quoting import identifier

# A placeholder such as 9999-12-31 in a column without a CHECK must not make its file the newest for ever.
_SANE = "BETWEEN '1990-01-01 00:00+00'::TIMESTAMPTZ AND '2100-01-01 00:00+00'::TIMESTAMPTZ"
Progress = Callable[[str], None]


@dataclass
class Outcome:
    """What became of one content in this load.

    container: what holds other contents and no rows of its own, zip or xlsx.
    """

    bytes: int
    status: str
    reason: str | None = None
    match: Match | None = None
    container: str | None = None


@dataclass
class Ledger:
    """What earlier loads remember."""

    paths: dict[str, tuple[int, int, str | None, str, str | None]]
    files: dict[str, tuple[str, str | None, str | None, str | None]]
    fingerprint: str | None
    email_rules: str


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


def read_ledger(connection: duckdb.DuckDBPyConnection) -> Ledger:
    """What the vault remembers of earlier loads."""
    paths = connection.sql("SELECT path, bytes, modified_ns, file_id, status, reason FROM vault.raw.paths").fetchall()
    files = connection.sql("SELECT file_id, status, format, format_fingerprint, reason FROM vault.raw.files").fetchall()
    [(last, rules)] = connection.sql(
        "SELECT max_by(formats_fingerprint, load_id), max_by(email_rules, load_id) FROM vault.raw.loads"
    ).fetchall()
    return Ledger({row[0]: row[1:] for row in paths}, {row[0]: row[1:] for row in files}, last, rules or "")


def record_counts(connection: duckdb.DuckDBPyConnection, kinds: Iterable[str]) -> dict[str, int]:
    """Number of records that the vault holds, by kind."""
    return {
        kind: connection.execute(f"SELECT count(*) FROM vault.raw.{identifier(kind)}").fetchall()[0][0]
        for kind in kinds
    }


def store(
    work: Work, load_id: int | None, replaced: list[str], gone: list[str], *, restated: bool
) -> dict[str, tuple[int, int]]:
    """The one transaction on the vault; `restated`: the e-mail rules are others than at the load before."""
    connection = work.connection
    counts: dict[str, tuple[int, int]] = {}
    if load_id is None and not work.paths and not gone:
        return counts
    connection.execute("BEGIN").fetchall()
    try:
        if load_id is not None:
            rules = identity.named(work.settings.email_rules)
            _take_back(work, load_id, replaced)
            taken_out = erase.carry_out(connection, work.kinds, work.settings, load_id, whole=restated)
            counts = _store_rows(work, load_id, replaced)
            if replaced or restated or taken_out:
                identity.rebuild(connection, work.kinds.values(), load_id, rules)
            else:
                identity.update(connection, work.kinds.values(), load_id, rules)
        _store_paths(work, gone)
        traces.remove(connection, work.settings)
        connection.execute("COMMIT").fetchall()
    except BaseException:
        connection.execute("ROLLBACK").fetchall()
        raise
    return counts


def _take_back(work: Work, load_id: int, replaced: list[str]) -> None:
    """Delete the rows of files that are read again."""
    for table in [*work.kinds, "rejected"] if replaced else []:
        work.connection.execute(
            f"DELETE FROM vault.raw.{identifier(table)} WHERE file_id IN (SELECT unnest($1::VARCHAR[]))", [replaced]
        ).fetchall()
    if replaced and erase.is_due(work.connection):
        # Links that their rows made are no links any longer.
        identity.rebuild(work.connection, work.kinds.values(), load_id, identity.named(work.settings.email_rules))


def _store_rows(work: Work, load_id: int, replaced: list[str]) -> dict[str, tuple[int, int]]:
    connection, kinds = work.connection, list(work.kinds.values())
    connection.execute(f"CREATE OR REPLACE TEMP TABLE file_times AS {_file_times(kinds)}").fetchall()
    counts = {}
    for kind in kinds:
        table = identifier(f"checked_{kind.name}")
        good, bad = connection.sql(f"SELECT count(*) FILTER (refused IS NULL), count(refused) FROM {table}").fetchall()[
            0
        ]
        if not good + bad:
            continue
        counts[kind.name] = (good, bad)
        connection.execute(
            f"""
            INSERT INTO vault.raw.{identifier(kind.name)} BY NAME
            SELECT c.* EXCLUDE (refused) REPLACE (t.file_event_at AS file_event_at)
            FROM {table} c LEFT JOIN file_times t USING (file_id) WHERE c.refused IS NULL
            """
        ).fetchall()
        main = f"{identifier(kind.main_time)}::TIMESTAMPTZ" if kind.main_time else "NULL::TIMESTAMPTZ"
        connection.execute(
            f"""
            INSERT INTO vault.raw.rejected BY NAME
            SELECT c.file_id, c.row_number, '{kind.name}' AS kind, refused->>'column' AS column_name,
                refused->>'reason' AS reason,
                coalesce(refused->>'value', refused->'record'->>(refused->>'column')) AS value,
                refused->>'allowed' AS allowed, refused->'record' AS record, source,
                {erase.refused_key(kind)} AS record_key,
                {erase.refused_identity(kind)} AS identity,
                coalesce(t.file_event_at, max({main}) FILTER ({main} {_SANE}) OVER (PARTITION BY c.file_id)) AS event_at
            FROM {table} c LEFT JOIN file_times t USING (file_id) WHERE refused IS NOT NULL
            """
        ).fetchall()
    _store_files(work, load_id)
    connection.execute(
        "INSERT INTO vault.raw.loads VALUES ($1, $2, $3, $4, now(), $5)",
        [
            load_id,
            work.formats.fingerprint,
            len(work.outcomes),
            len(replaced),
            identity.named(work.settings.email_rules),
        ],
    ).fetchall()
    return counts


def _file_times(kinds: Sequence[Kind]) -> str:
    """Per file: its latest event, and the first and last of the events that date its records."""
    parts = []
    for kind in kinds:
        instants = [f"{identifier(name)}::TIMESTAMPTZ" for name in kind.times]
        times = [f"max({instant}) FILTER ({instant} {_SANE})" for instant in instants]
        latest = f"greatest({', '.join(times)})" if times else "NULL"
        main = f"{identifier(kind.main_time)}::TIMESTAMPTZ" if kind.main_time else "NULL::TIMESTAMPTZ"
        parts.append(
            f"SELECT file_id, {latest} AS latest, min({main}) AS first, max({main}) AS last "
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
    refused = " UNION ".join(
        f"SELECT file_id, row_number FROM {identifier(f'checked_{kind}')} WHERE refused IS NOT NULL"
        for kind in work.kinds
    )
    with registered(connection, "outcomes", outcomes), registered(connection, "first_kinds", first_kinds):
        connection.execute(
            f"""
            INSERT INTO vault.raw.rejected BY NAME
            SELECT l.file_id, l.row_number, k.kind, 'unreadable' AS reason, l.value, l.allowed,
                k.source, t.file_event_at AS event_at
            FROM lines_lost l JOIN first_kinds k USING (file_id) LEFT JOIN file_times t USING (file_id);
            CREATE OR REPLACE TEMP TABLE refused_rows AS
            SELECT file_id, count(*) AS rejected FROM ({refused} UNION SELECT file_id, row_number FROM lines_lost)
            GROUP BY file_id;
            INSERT OR REPLACE INTO vault.raw.files BY NAME
            SELECT o.*, r.rows, r.rows - coalesce(x.rejected, 0) AS accepted,
                CASE WHEN r.rows IS NOT NULL THEN coalesce(x.rejected, 0) END AS rejected,
                t.first_event_at, t.last_event_at, {load_id} AS load_id, now() AS loaded_at
            FROM outcomes o LEFT JOIN rows_read r USING (file_id) LEFT JOIN refused_rows x USING (file_id)
                LEFT JOIN file_times t USING (file_id)
            ORDER BY o.file_id;
            """
        ).fetchall()


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
        connection.execute(
            "INSERT OR REPLACE INTO vault.raw.paths BY NAME SELECT * FROM paths_seen ORDER BY path"
        ).fetchall()
        connection.execute(
            "DELETE FROM vault.raw.paths WHERE path IN (SELECT unnest($1::VARCHAR[]))", [gone]
        ).fetchall()


def forgotten(work: Work, ledger: Ledger, listed: Iterable[Landed]) -> list[str]:
    """Paths that the ledger knows and that are no more: files that waited and went, members of replaced archives."""
    there = {landed.path for landed in listed}
    gone = []
    for path, row in ledger.paths.items():
        if path in there or path in work.paths:
            continue
        now = work.paths.get(_archive_of(path, there) or "")
        replaced = now is not None and now[1] is not None and now[1] != ledger.paths.get(now[0].path, (0, 0, None))[2]
        if row[3] == "waiting" or replaced:
            gone.append(path)
    return gone


def _archive_of(path: str, files: Container[str]) -> str | None:
    """The file among some whose member a path names."""
    return next((above.as_posix() for above in PurePosixPath(path).parents if above.as_posix() in files), None)


def statuses(work: Work, ledger: Ledger, listed: Iterable[Landed]) -> dict[str, int]:
    """Paths by status, members too: the first path of a content has the content's, others are duplicates."""
    statuses: Counter[str] = Counter()
    seen: set[str] = set()
    there = {landed.path for landed in listed}
    known = [path for path in ledger.paths if path not in there and _archive_of(path, there)]
    for path in sorted(there | set(work.paths) | set(known)):
        now = work.paths.get(path)
        was = ledger.paths.get(path)
        file_id = now[1] if now else was[2] if was else None
        if file_id is None:
            statuses["waiting"] += 1
        elif file_id in seen:
            statuses["duplicate"] += 1
        else:
            seen.add(file_id)
            outcome = work.outcomes.get(file_id)
            statuses[outcome.status if outcome else ledger.files[file_id][0]] += 1
    return dict(statuses)
