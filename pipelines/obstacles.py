"""Obstacles outside the program, in one sentence: a full disk, a folder that cannot be written.

Here: recognising an obstacle by the error that DuckDB, SQLite or the system raised because of it, however deep it was
wrapped, and saying what to do. Not here: recovery; a run that such an error stops leaves nothing behind, so the next
one does its work.
"""

from __future__ import annotations

import errno
import getpass
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pipelines.settings import Settings

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
UNWRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS}
# In the words of the system, of SQLite and of DuckDB (no room to spill to).
FULL_WORDS = (
    "no space left on device",
    "disk quota exceeded",
    "file too large",
    "disk is full",
    "failed to offload data block",
)
UNWRITABLE_WORDS = ("permission denied", "operation not permitted", "read-only file system", "readonly database")
# In the words of SQLite, for either, when it fails before it writes a page.
UNCLEAR_WORDS = ("disk i/o error", "unable to open database file")
# Bytes; the smallest step of a run needs more.
SCARCE = 1024**2


def is_full(error: BaseException) -> bool:
    """Whether an error, or one that caused it, means that there was no room to write."""
    return any(
        (isinstance(one, OSError) and one.errno in FULL) or _holds(str(one), FULL_WORDS) for one in _chain(error)
    )


def sentence(text: str, settings: Settings) -> str | None:
    """What an error's text means for the operator and what to do; None for another kind of error."""
    unclear = _holds(text, UNCLEAR_WORDS)
    if _holds(text, FULL_WORDS) or (unclear and _least_free(settings)[0] < SCARCE):
        free, folder = _least_free(settings)
        return (
            f"There is no room left on the disk of {folder} ({free / 1024**2:.1f} MiB are free, which "
            "is not enough). The published file is as it was: make room, and the next run does what this one could not."
        )
    if unclear or _holds(text, UNWRITABLE_WORDS):
        for path in (settings.home, settings.dagster_home, *_files(settings), settings.published):
            if why := _unwritable(path):
                return (
                    f"{path} cannot be written by {_user()} ({why}). The published file is as it was: give the user "
                    "that runs Northstar the right to write there, and the next run does what this one could not."
                )
    return None


def _files(settings: Settings) -> tuple[Path, ...]:
    return (settings.vault_path, settings.warehouse_path, settings.home / "lock")


def _holds(text: str, words: tuple[str, ...]) -> bool:
    lower = text.lower()
    return any(word in lower for word in words)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _least_free(settings: Settings) -> tuple[int, Path]:
    """Free bytes of the fuller one of the two disks written to, and the folder on it."""
    folders = [folder for folder in (settings.home, settings.published) if folder.exists()]
    return min(((shutil.disk_usage(folder).free, folder) for folder in folders), default=(0, settings.home))


def _unwritable(path: Path) -> str | None:
    """Why a file, or a file in a folder, cannot be written; None if it can, or does not exist."""
    try:
        if path.is_dir():
            with tempfile.TemporaryFile(dir=path):
                pass
        elif path.exists():
            os.close(os.open(path, os.O_WRONLY))
    except OSError as error:
        return (error.strerror or "refused").lower() if error.errno in UNWRITABLE else None
    return None


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name
        return f"user {os.getuid()}"
