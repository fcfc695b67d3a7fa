"""What lies in the landing folder: a listing, and what of it is new.

Here: walking, sizes and times. Nothing is opened here, so that a night without news costs a listing only.
Not here: contents (contents.py); the ledger is read and written by load.py.
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

    path: relative to the folder, with forward slashes; of a member, below its archive's. name: the path as the
    operating system has it, where that is no text. within: the landed file that holds the member.
    changed_ns: when the file system last changed it or its name, which nobody can set.
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
        """The landed file: itself, or what holds it."""
        return self.within.file if self.within else self

    def member(self, name: str, size: int) -> Landed:
        """One of the contents that it holds."""
        return Landed(f"{self.path}/{_text(name)}", size, self.modified_ns, within=self)

    def under(self, folder: Path) -> Path:
        """Where the landed file is."""
        return folder / (self.file.name or self.file.path)


def walk(folder: Path) -> list[Landed]:
    """All files below the folder, in the order of their paths.

    Names that begin with a dot are left out, and so are links that lead out of the folder or to folders: who may
    write to the landing folder must not be able to make the loader read anything else. A folder that cannot be listed
    stands for its files.
    """
    return sorted(_walk(folder), key=lambda landed: landed.path) if folder.is_dir() else []


@dataclass(frozen=True)
class Glance:
    """The finished files of the landing folder at one moment; two glances are equal if no file came, went or changed.

    digest: of paths, sizes and times, from which none of them can be read. changed_at: when the newest of the files
    came or changed, in seconds since 1970; 0 without files.
    """

    digest: str
    files: int
    changed_at: float


def glance(folder: Path) -> Glance:
    """Look at the landing folder by listing it: nothing is opened.

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
            with suppress(OSError):  # it went while it was listed, or is a link to itself
                if entry.is_dir(follow_symlinks=False):
                    folders.append((Path(entry.path), f"{prefix}{entry.name}/"))
                elif entry.is_file() and (not entry.is_symlink() or Path(entry.path).resolve().is_relative_to(root)):
                    state = entry.stat()
                    yield _landed(prefix + entry.name, state.st_size, state.st_mtime_ns, state.st_ctime_ns)


def _landed(name: str, size: int, modified_ns: int, changed_ns: int = 0) -> Landed:
    path = _text(name)
    return Landed(path, size, modified_ns, name="" if path == name else name, changed_ns=changed_ns)


def _text(name: str) -> str:
    """A file name as text: bytes that are no UTF-8 are told by their numbers."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def is_unchanged(folder: Path, landed: Landed) -> bool:
    """Whether the landed file still has the size and time of the listing."""
    file = landed.file
    try:
        state = file.under(folder).stat()
    except OSError:
        return False
    return (state.st_size, state.st_mtime_ns) == (file.bytes, file.modified_ns)
