"""What lies in the landing folder: a listing, and what of it is new.

Here: walking, sizes and times. Nothing is opened here, so that a night without news costs a listing only.
Not here: contents (contents.py); the ledger is read and written by load.py.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

UNFINISHED = (".tmp", ".part", ".crdownload")


@dataclass(frozen=True)
class Landed:
    """A file in the landing folder as it was listed; `path` is relative to the folder, with forward slashes."""

    path: str
    bytes: int
    modified_ns: int

    @property
    def is_unfinished(self) -> bool:
        """Whether its name says that it is still being written."""
        return self.path.lower().endswith(UNFINISHED)


def walk(folder: Path) -> list[Landed]:
    """All files below the folder, in the order of their paths.

    Names that begin with a dot are left out, and so are links that lead out of the folder or to folders: who may
    write to the landing folder must not be able to make the loader read anything else.
    """
    return sorted(_walk(folder, folder.resolve(), ""), key=lambda landed: landed.path) if folder.is_dir() else []


def _walk(folder: Path, root: Path, prefix: str) -> Iterator[Landed]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            path = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path), root, path + "/")
            elif entry.is_file() and (not entry.is_symlink() or Path(entry.path).resolve().is_relative_to(root)):
                state = entry.stat()
                yield Landed(path, state.st_size, state.st_mtime_ns)


def is_unchanged(folder: Path, landed: Landed) -> bool:
    """Whether the file still has the size and time of the listing."""
    try:
        state = (folder / landed.path).stat()
    except OSError:
        return False
    return (state.st_size, state.st_mtime_ns) == (landed.bytes, landed.modified_ns)
