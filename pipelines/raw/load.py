"""One load: whatever is new in the landing folder becomes rows of schema raw, in one transaction.

Here: the order of the steps and the isolation of bad files. Not here: how a file is read (read.py) or tested
(check.py), what the ledger remembers and how rows are stored (ledger.py), who is who (identity.py).

Rows are prepared in temporary tables, and only then one transaction touches the vault: an error inside a DuckDB
transaction would end it. So a file that cannot be read costs only itself, and a kill leaves the vault as it was.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from pipelines.obstacles import is_full
from pipelines.raw import expiry, identity, phones, readings, repeats
from pipelines.raw.check import check, make_tables
from pipelines.raw.contents import Content
from pipelines.raw.erasure import erase
from pipelines.raw.files.landing import Landed, is_unchanged, walk
from pipelines.raw.formats import FormatError, fault, first_line, read_formats
from pipelines.raw.kinds import Kind, read_kinds
from pipelines.raw.ledger import Ledger, Progress, Work, read_ledger, statuses, store, vanished_paths
from pipelines.raw.macros import install_macros
from pipelines.raw.memory import bounded
from pipelines.raw.opening import CHANGED, Opening
from pipelines.raw.read import Shape, read, shape_of
from pipelines.settings import Settings
from pipelines.warehouse.quoting import identifier

PRIVATE = ".reading"


class LandingError(RuntimeError):
    """The landing folder cannot be listed; the message says what to do."""


@dataclass(frozen=True)
class LoadReport:
    """What a load did.

    load_id: None if nothing was new. files: paths in the landing folder by status (loaded, duplicate, unrecognised,
    failed, waiting). rows, accepted, rejected: records by kind that this load read. replaced: files whose earlier rows
    were deleted because the files were read again. problems: formats that cannot be used.
    """

    load_id: int | None
    files: Mapping[str, int]
    rows: Mapping[str, int]
    accepted: Mapping[str, int]
    rejected: Mapping[str, int]
    replaced: int
    problems: tuple[str, ...]
    seconds: float


def load(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    progress: Progress | None = None,
    unknown: Callable[[Landed, Content], None] | None = None,
) -> LoadReport:
    """Load what is new in the landing folder into catalog `vault` of the connection.

    unknown: called with each content that no format recognises, while it can still be read.
    """
    started = time.monotonic()
    kinds = read_kinds(connection)
    has_own_formats = any(settings.formats_path.glob("*.sql"))
    if has_own_formats:
        # Reading them tries what they call.
        install_macros(connection)
    formats = read_formats(connection, settings, kinds)
    private = settings.home / PRIVATE
    shutil.rmtree(private, ignore_errors=True)
    work = Work(connection, settings, kinds, formats, progress or _silent, private, unknown=unknown)
    for problem in formats.problems:
        work.tell(f"format not used: {problem}")
    ledger = read_ledger(connection, settings)
    listed = _listed(settings, ledger)
    work.tell(f"{len(listed)} files in {settings.landing}")
    try:
        private.mkdir(mode=0o700, parents=True)
        report = _load(work, ledger, listed, started, has_macros=has_own_formats)
        if ledger.paths and not listed:
            empty = f"The landing folder {settings.landing} is empty, and files came from there before: is it mounted?"
            report = replace(report, problems=(*report.problems, empty))
        expiry.expire(connection, settings, kinds.values())
        return report
    finally:
        shutil.rmtree(private, ignore_errors=True)
        _drop(connection, kinds.values())


def _listed(settings: Settings, ledger: Ledger) -> list[Landed]:
    """The files in the landing folder.

    Raises:
        LandingError: the folder does not exist, though files came from there before.
    """
    if ledger.paths and not settings.landing.is_dir():
        message = (
            f"The landing folder {settings.landing} is not there any longer: mount it or make it again, or correct "
            "NORTHSTAR_LANDING. Nothing was loaded, and the published file is as it was."
        )
        raise LandingError(message)
    return walk(settings.landing)


def _silent(_: str) -> None:
    """Report nothing."""


def _load(work: Work, ledger: Ledger, listed: list[Landed], started: float, *, has_macros: bool) -> LoadReport:
    connection, formats = work.connection, work.formats
    anew = ledger.fingerprint != formats.fingerprint
    restated = ledger.email_rules != identity.named(work.settings.email_rules)
    renamed = bool(ledger.files) and ledger.people != phones.fingerprint(work.settings)
    opening = Opening(work, ledger, anew, _read_pending)
    news = [landed for landed in listed if not opening.is_known(landed)]
    if news or anew or restated or renamed or vanished_paths(work, ledger, listed):
        # Else left out: half of what a load without news would cost.
        if not has_macros:
            install_macros(connection)
        readings.set_reading(connection, work.settings)
        _make_tables(work)
    with _no_checkpoints(connection):
        for landed in news:
            opening.take(landed)
        _read_pending(work)
    _postpone_changed(work)
    _drop_unchanged_outcomes(work, ledger)
    replaced = [name for name in work.outcomes if ledger.files.get(name, ("",))[0] == "loaded"]
    load_id = None
    if work.outcomes or ((anew or restated or renamed) and ledger.files):
        load_id = connection.sql("SELECT coalesce(max(load_id), 0) + 1 FROM vault.raw.loads").fetchall()[0][0]
    counts = store(work, load_id, replaced, vanished_paths(work, ledger, listed), restated=restated, renamed=renamed)
    return LoadReport(
        load_id=load_id,
        files=statuses(work, ledger, listed),
        rows={kind: good + bad for kind, (good, bad) in counts.items()},
        accepted={kind: good for kind, (good, _) in counts.items()},
        rejected={kind: bad for kind, (_, bad) in counts.items()},
        replaced=len(replaced),
        problems=formats.problems,
        seconds=time.monotonic() - started,
    )


@contextmanager
def _no_checkpoints(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """For the block, which writes temporary tables only: DuckDB makes no checkpoint of them.

    It would after each batch of some ten thousand rows, and go over all rows prepared so far: after 1.9 million, 1.0 s
    of processor, four times what it took to prepare 89,000 answers.
    """
    connection.execute("SET wal_autocheckpoint = '1TB'")
    try:
        yield
    finally:
        connection.execute("RESET wal_autocheckpoint")


def _make_tables(work: Work) -> None:
    """The empty tables of what is read."""
    make_tables(work.connection, work.kinds.values())
    work.connection.execute("CREATE OR REPLACE TEMP TABLE rows_read (file_id VARCHAR, rows BIGINT)")
    work.connection.execute(
        "CREATE OR REPLACE TEMP TABLE lines_lost "
        "(file_id VARCHAR, row_number BIGINT, value VARCHAR, allowed VARCHAR, reason VARCHAR)"
    )


def _read_pending(work: Work) -> None:
    """Read the pending contents, those of one shape together."""
    batches: dict[tuple[Shape, str], list[Content]] = {}
    for content in work.pending:
        alone = content.file_id if content.is_alone else ""
        batches.setdefault((shape_of(content), alone), []).append(content)
    for (shape, _), contents in batches.items():
        work.tell(f"reading {len(contents)} {shape.match.export} file{'s' if len(contents) > 1 else ''}")
        _read_batch(work, shape, sorted(contents, key=lambda content: content.file_id))
    for content in work.pending:
        if content.readable.parent == work.private:
            content.readable.unlink(missing_ok=True)
    # They would lie in memory until the load ends.
    for table in ("staged", "landed"):
        work.connection.execute(f"DROP TABLE IF EXISTS temp.{identifier(table)}")
    work.pending.clear()
    work.pending_bytes = 0


def _read_batch(work: Work, shape: Shape, contents: Sequence[Content]) -> None:
    """Read a batch; if that fails, read its halves, down to the file at fault, which is then read line by line."""
    try:
        _check_batch(work, shape, contents, tolerant=False)
    except FormatError as error:
        _fail(work, contents, str(error))
    except duckdb.Error as error:
        if is_full(error):
            raise  # not the fault of the files: a later load reads them
        _undo(work, contents)
        if len(contents) > 1:
            middle = len(contents) // 2
            _read_batch(work, shape, contents[:middle])
            _read_batch(work, shape, contents[middle:])
        elif shape.container == "csv":
            _read_broken(work, shape, contents[0])
        else:
            _fail(work, contents, fault(error, contents[0].readable))


def _read_broken(work: Work, shape: Shape, content: Content) -> None:
    try:
        _check_batch(work, shape, [content], tolerant=True)
    except (duckdb.Error, FormatError) as error:
        if is_full(error):
            raise
        _fail(work, [content], fault(error, content.readable))


def _check_batch(work: Work, shape: Shape, contents: Sequence[Content], *, tolerant: bool) -> None:
    is_plain = shape.container == "csv" and shape.match.formats[0].is_canonical and not tolerant
    with bounded(work.connection, work.settings, work.landed_bytes) if is_plain else nullcontext():
        _prepare_batch(work, shape, contents, tolerant=tolerant)


def _prepare_batch(work: Work, shape: Shape, contents: Sequence[Content], *, tolerant: bool) -> None:
    connection = work.connection
    read(connection, shape, contents, tolerant=tolerant)
    columns = list(shape.columns())
    # The canonical form neither sums nor numbers rows.
    has_repeats = not shape.match.formats[0].is_canonical and repeats.find(connection, columns)
    for one in shape.match.formats:
        try:
            check(connection, one, columns, has_repeats=has_repeats)
        except duckdb.Error as error:
            message = f"{one.where or one.name}: {first_line(error)}"
            raise duckdb.InvalidInputException(message) from error
    connection.execute("INSERT INTO rows_read SELECT file_id, rows FROM counted")
    for (file_id,) in connection.sql("SELECT file_id FROM counted WHERE rows = 0 ORDER BY file_id").fetchall():
        work.tell(f"{work.read_from[file_id].path}: it holds a header and no rows")
    connection.execute("INSERT INTO lines_lost FROM unreadable")


def _undo(work: Work, contents: Iterable[Content]) -> None:
    """Delete what a batch wrote before it failed."""
    names = [content.file_id for content in contents]
    tables = [f"checked_{kind}" for kind in work.kinds] + ["rows_read", "lines_lost", "readings", "repeated_records"]
    for table in tables:
        work.connection.execute(
            f"DELETE FROM temp.{identifier(table)} WHERE file_id IN (SELECT unnest($1::VARCHAR[]))", [names]
        )


def _fail(work: Work, contents: Iterable[Content], reason: str) -> None:
    contents = list(contents)
    _undo(work, contents)
    for content in contents:
        outcome = work.outcomes[content.file_id]
        # The reason is stored with the content, which has no name; the name stands here and in raw.paths.
        outcome.status, outcome.reason, outcome.match = "failed", reason, None
        work.tell(f"{work.read_from[content.file_id].path}: failed, {reason}")


def _postpone_changed(work: Work) -> None:
    """Files that changed since they were listed may have been read in part: they wait for the next load."""
    for file_id, landed in work.read_from.items():
        if file_id in work.outcomes and not is_unchanged(work.settings.landing, landed):
            outcome = work.outcomes.pop(file_id)
            _undo(work, [Content(file_id, outcome.bytes, Path(), "csv")])
            for path, (same, read_as, _) in list(work.paths.items()):
                if read_as == file_id and same.within:
                    del work.paths[path]
                elif read_as == file_id:
                    work.paths[path] = (same, None, CHANGED)


def _drop_unchanged_outcomes(work: Work, ledger: Ledger) -> None:
    """Drop outcomes that the ledger already has: they are not news."""
    for file_id, outcome in list(work.outcomes.items()):
        before = ledger.files.get(file_id)
        has_no_rows = outcome.status != "loaded" or outcome.container is not None
        if before and has_no_rows and (before[0], before[3]) == (outcome.status, outcome.reason):
            del work.outcomes[file_id]


def _drop(connection: duckdb.DuckDBPyConnection, kinds: Iterable[Kind]) -> None:
    """Free the memory of the temporary tables."""
    for view in ("input", "whole_input", "documents", "refused_now", "refused_places"):
        connection.execute(f"DROP VIEW IF EXISTS temp.{identifier(view)}")
    tables = [f"checked_{kind.name}" for kind in kinds]
    tables += ["rows_read", "lines_lost", "file_times", "coming_times", "staged", "counted", "files_read", "readings"]
    tables += [*erase.TEMPORARY, *readings.TEMPORARY, *repeats.TEMPORARY, "second_names", "shared_ids"]
    for table in [*tables, "records", "lines", "headers", "repeated", "unreadable"]:
        connection.execute(f"DROP TABLE IF EXISTS temp.{identifier(table)}")
