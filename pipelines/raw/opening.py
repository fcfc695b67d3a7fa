"""Opening what landed: known files are passed over, others opened; archives and workbooks member by member.

Here: which contents are new, where their private copies are, which cannot be read. Not here: listing
(files/landing.py), recognising a content (contents.py), reading rows (load.py, whose function `full` is called when
enough contents are pending).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.obstacles import is_full
from pipelines.raw.contents import Content, open_content
from pipelines.raw.files.archives import DEEPEST, Budget, Member, members, open_archive
from pipelines.raw.files.foreign import is_archive
from pipelines.raw.files.landing import Landed, is_unchanged
from pipelines.raw.files.reader import ContentError, NotYetError, Reader, identify, reopen
from pipelines.raw.files.workbooks import is_workbook, sheets
from pipelines.raw.files.wrapped import Streams
from pipelines.raw.formats import fault
from pipelines.raw.ledger import Ledger, Outcome, Work

# Contents read together: enough to share the cost of a statement, few enough for their rows to fit in memory.
BATCH_FILES = 2000
BATCH_BYTES = 512 * 1024 * 1024
UNFORESEEN = "it makes the reader fail in a way that is not foreseen"
CHANGED = "it changed while it was read"
_COPIES = ("unpacked", "utf8", "mended", "columns", "records")


@dataclass
class Opening:
    """Opens landed files for one load.

    anew: known contents are opened again too, because the formats changed. full: reads the pending contents.
    """

    work: Work
    ledger: Ledger
    anew: bool
    full: Callable[[Work], None]
    budget: Budget = field(default_factory=lambda: Budget(0))

    def take(self, landed: Landed) -> None:
        """Open one listed file unless it is known."""
        work = self.work
        if landed.is_unfinished:
            work.paths[landed.path] = (landed, None, "its name says that it is still being written")
            return
        if self.is_known(landed):
            return
        previous_id = self._previous(landed)
        self.budget = Budget.of(landed.bytes)
        try:
            path = self._reachable(landed)
            file_id, reader = (previous_id, reopen(path, landed.bytes)) if previous_id else identify(path, landed.bytes)
            if is_unchanged(work.settings.landing, landed):
                work.paths[landed.path] = (landed, file_id, None)
                self._open(landed, file_id, reader, depth=1)
            else:
                work.paths[landed.path] = (landed, None, CHANGED)
        except NotYetError as error:
            work.paths[landed.path] = (landed, None, str(error))
            work.tell(f"{landed.path}: waiting, {error}")
        except OSError as error:
            work.paths[landed.path] = (landed, None, f"it cannot be opened: {error.strerror}")

    def is_known(self, landed: Landed) -> bool:
        """Whether a file needs no opening: it was read before and is as it was."""
        if landed.is_unfinished or self.anew or landed.path in self.ledger.due_paths:
            return False
        return self._previous(landed) is not None

    def _previous(self, landed: Landed) -> str | None:
        """The content that a file had when it was read, None if it was not or is another since."""
        size, modified, previous_id, status, _ = self.ledger.paths.get(landed.path, (0, 0, None, "new", None))
        return previous_id if status == "read" and (size, modified) == (landed.bytes, landed.modified_ns) else None

    def _reachable(self, landed: Landed) -> Path:
        """The file under a name that is text: a link, where its own is not."""
        path = landed.under(self.work.settings.landing)
        if not landed.name:
            return path
        link = self.work.private / f"{len(self.work.paths)}.named"
        link.symlink_to(path.absolute())
        return link

    def _is_news(self, landed: Landed, file_id: str) -> bool:
        is_due = file_id in self.ledger.due or landed.path in self.ledger.due_paths
        return file_id not in self.work.outcomes and (self.anew or is_due or file_id not in self.ledger.files)

    def _note(self, landed: Landed, file_id: str, outcome: Outcome) -> None:
        self.work.outcomes[file_id] = outcome
        self.work.read_from[file_id] = landed
        if outcome.reason:
            self.work.tell(f"{landed.path}: {outcome.status}, {outcome.reason}")

    def _open(self, landed: Landed, file_id: str, reader: Reader, depth: int) -> None:
        """Find out what a content is; recognised ones wait to be read together with others of their shape."""
        if not self._is_news(landed, file_id):
            return
        content = None
        try:
            if is_archive(reader.head()):
                outcome = self._open_archive(landed, file_id, reader, depth)
            else:
                content, outcome = self._open_content(landed, file_id, reader, depth)
        except (NotYetError, OSError):
            raise
        except ContentError as error:
            outcome = Outcome(landed.bytes, "failed", str(error))
        except Exception as error:  # noqa: BLE001  # an unforeseen fault must cost this file only
            outcome = _unforeseen(landed, error, reader.path)
        match = outcome.match
        is_known = match and self.ledger.files.get(file_id, ())[:3] == ("loaded", match.export, match.fingerprint)
        is_known = is_known and file_id not in self.ledger.due
        waits = content if match and not is_known else None
        self._clean(file_id, content, waits, reader)
        if is_known:
            return
        self._note(landed, file_id, outcome)
        if waits:
            self._wait(waits)

    def _clean(self, file_id: str, content: Content | None, waits: Content | None, reader: Reader) -> None:
        """Delete the copies that are not the one to be read."""
        if content is None or content.readable != reader.path:
            for copy in (self.work.private / f"{file_id}.{suffix}" for suffix in _COPIES):
                if waits is None or copy != waits.readable:
                    copy.unlink(missing_ok=True)

    def _wait(self, content: Content) -> None:
        work = self.work
        work.pending.append(content)
        work.pending_bytes += content.readable.stat().st_size
        if len(work.pending) >= BATCH_FILES or work.pending_bytes >= BATCH_BYTES:
            self.full(work)

    def _open_content(self, landed: Landed, file_id: str, reader: Reader, depth: int) -> tuple[Content | None, Outcome]:
        """A content and what is to become of it; every stream of messages is a content of its own."""
        work = self.work
        content = open_content(work.connection, file_id, reader, work.private, work.formats)
        if isinstance(content, Streams):
            for member in content.members:
                self._open_member(landed.member(member.name, member.bytes), member, depth)
            return None, Outcome(landed.bytes, "loaded", container=content.container)
        if content.match:
            return content, Outcome(landed.bytes, "loaded", None, content.match)
        if work.unknown:
            work.unknown(landed, content)
        return content, Outcome(landed.bytes, "unrecognised", work.formats.nearest(content.header))

    def _open_archive(self, landed: Landed, file_id: str, reader: Reader, depth: int) -> Outcome:
        """Every member of an archive, every sheet of a workbook: contents of their own."""
        missing: NotYetError | None = None
        is_empty = True
        with open_archive(reader) as archive:
            container = "xlsx" if is_workbook(archive) else "zip"
            if container == "zip" and depth > DEEPEST:
                message = f"archives are read {DEEPEST} deep: land it by itself"
                raise ContentError(message)
            parts = (sheets if container == "xlsx" else members)(archive, file_id, self.work.private, self.budget)
            for member in parts:
                is_empty = False
                try:
                    self._open_member(landed.member(member.name, member.bytes), member, depth)
                except NotYetError as error:
                    missing = error
        if missing:
            raise missing
        if is_empty:
            message = "the archive holds no file"
            raise ContentError(message)
        return Outcome(landed.bytes, "loaded", container=container)

    def _open_member(self, landed: Landed, member: Member, depth: int) -> None:
        work = self.work
        work.paths[landed.path] = (landed, member.file_id, None)
        if member.fault:
            if self._is_news(landed, member.file_id):
                self._note(landed, member.file_id, Outcome(member.bytes, "failed", member.fault))
            return
        try:
            self._open(landed, member.file_id, Reader(member.path, member.bytes), depth + 1)
        except NotYetError:
            del work.paths[landed.path]
            raise
        finally:
            if not (work.pending and work.pending[-1].readable == member.path):
                member.path.unlink(missing_ok=True)


def _unforeseen(landed: Landed, error: Exception, path: Path) -> Outcome:
    if is_full(error):
        raise error  # not the fault of the file: a later load reads it
    return Outcome(landed.bytes, "failed", f"{UNFORESEEN}: {type(error).__name__}, {fault(error, path)}")
