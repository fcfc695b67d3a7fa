"""The landing folder: its files, with sizes and times.

Here: listing. No file is opened, so that a night without new files costs no more than that. Not here: contents
(pipelines/raw/contents.py), and what is known of them (pipelines/raw/ledger.py).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

UNFINISHED = (".tmp", ".part", ".crdownload")


@dataclass(frozen=True)
class Landed:
    """A file in the landing folder as it was listed, or a member of one.

    path: relative to the folder, with forward slashes; a member's is below its archive's. name: the path as the
    operating system has it, where that is not text. within: the landed file that holds the member.
    changed_ns: when the file system last changed it or its name; nobody can set this time.
    """

    path: str
    bytes: int
    modified_ns: int
    name: str = ""
    within: Landed | None = None
    changed_ns: int = 0

    @property
    def is_unfinished(self) -> bool:
        """Whether its name says that it is still being written."""
        return self.path.lower().endswith(UNFINISHED)

    @property
    def file(self) -> Landed:
        """The landed file: itself, or the one that holds it."""
        return self.within.file if self.within else self

    def member(self, name: str, size: int) -> Landed:
        """One of the contents it holds."""
        return Landed(f"{self.path}/{_text(name)}", size, self.modified_ns, within=self)

    def under(self, folder: Path) -> Path:
        """Path of the landed file."""
        return folder / (self.file.name or self.file.path)


def walk(folder: Path) -> list[Landed]:
    """All files below the folder, in the order of their paths.

    Names that begin with a dot are left out, and so are links to folders or out of the folder: whoever may write to the
    landing folder must not be able to make the loader read anything else. A folder that cannot be listed stands for its
    files.
    """
    return sorted(_walk(folder), key=lambda landed: landed.path) if folder.is_dir() else []


@dataclass(frozen=True)
class Glance:
    """The finished files of the landing folder at one moment; two glances are equal if no file came, went or changed.

    digest: a hash of paths, sizes and times. changed_at: when the newest of the files came or changed, in seconds since
    1970; 0 without files.
    """

    digest: str
    files: int
    changed_at: float


def glance(folder: Path) -> Glance:
    """Look at the landing folder by listing it, without opening a file.

    Raises:
        OSError: the folder cannot be listed.
    """
    finished = [landed for landed in walk(folder) if not landed.is_unfinished]
    listing = "\0".join(f"{one.path}\0{one.bytes}\0{one.modified_ns}" for one in finished)
    digest = hashlib.sha256(listing.encode()).hexdigest()
    return Glance(digest, len(finished), max((one.changed_ns for one in finished), default=0) / 1e9)


def _walk(folder: Path) -> Iterator[Landed]:
    root = folder.resolve()
    folders = [(folder, "")]
    while folders:
        here, prefix = folders.pop()
        try:
            with os.scandir(here) as listed:
                entries = list(listed)
        except OSError:
            if not prefix:
                raise
            yield _landed(prefix.rstrip("/"), 0, 0)
            continue
        for entry in entries:
            if entry.name.startswith("."):
                continue
            with suppress(OSError):  # it went away while it was listed, or is a link to itself
                if entry.is_dir(follow_symlinks=False):
                    folders.append((Path(entry.path), f"{prefix}{entry.name}/"))
                elif entry.is_file() and (not entry.is_symlink() or Path(entry.path).resolve().is_relative_to(root)):
                    state = entry.stat()
                    yield _landed(prefix + entry.name, state.st_size, state.st_mtime_ns, state.st_ctime_ns)


def _landed(name: str, size: int, modified_ns: int, changed_ns: int = 0) -> Landed:
    path = _text(name)
    return Landed(path, size, modified_ns, name="" if path == name else name, changed_ns=changed_ns)


def _text(name: str) -> str:
    """A file name as text: bytes that are not UTF-8 become escapes."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def is_unchanged(folder: Path, landed: Landed) -> bool:
    """Whether the landed file still has the size and time of the listing."""
    file = landed.file
    try:
        state = file.under(folder).stat()
    except OSError:
        return False
    return (state.st_size, state.st_mtime_ns) == (file.bytes, file.modified_ns)
