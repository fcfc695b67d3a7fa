"""One writer at a time, for a whole run.

Here: an operating-system lock on a file in NORTHSTAR_HOME. Not here: who takes it and for how long (the warehouse
resource: from run start to run end). The system frees it when its process ends, however it ends, so a killed run
never makes the next one wait.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

POLL_SECONDS = 0.1


def holder(path: Path) -> str | None:
    """Who holds the lock, in words, or None when nobody does."""
    is_held, owner = _look(path)
    return _describe(owner) if is_held else None


def left_by(path: Path) -> str | None:
    """What the last holder was doing, if it was killed: it ended without freeing the lock."""
    is_held, owner = _look(path)
    purpose = owner.get("purpose")
    return str(purpose) if purpose and not is_held else None


def _look(path: Path) -> tuple[bool, dict[str, object]]:
    """Whether somebody holds the lock, and the signature in it. Holds the lock itself for an instant if nobody does."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False, {}
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True, _owner(descriptor)
        return False, _owner(descriptor)
    finally:
        os.close(descriptor)


def _owner(descriptor: int) -> dict[str, object]:
    """The signature of the last holder, who removes it on freeing the lock; empty without one."""
    try:
        owner = json.loads(os.pread(descriptor, 4096, 0))
    except ValueError:
        return {}
    return owner if isinstance(owner, dict) else {}


def _describe(owner: dict[str, object]) -> str:
    if not {"purpose", "pid", "since"} <= owner.keys():
        return "another process"
    return f"{owner['purpose']} (process {owner['pid']}, since {owner['since']})"


@contextmanager
def exclusive(
    path: Path, purpose: str, *, on_wait: Callable[[str], None], on_killed: Callable[[str], None] | None = None
) -> Iterator[None]:
    """Hold the lock; while somebody else has it, wait, and say once for whom.

    Args:
        path: the lock file, made when missing.
        purpose: what this process does, for those who wait.
        on_wait: called once with the holder in words, if there is one.
        on_killed: called with the purpose of the previous holder, if it was killed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        tries, has_said = 0, False
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                tries += 1
                # Not at the first try: `holder` takes the lock for an instant, and an owner that has just got it has
                # not signed yet. Without a signature it is most likely `holder`, on a busy machine.
                if not has_said and tries >= (2 if _owner(descriptor) else 20):
                    has_said = True
                    on_wait(_describe(_owner(descriptor)))
                time.sleep(POLL_SECONDS)
        killed = _owner(descriptor).get("purpose")
        if killed and on_killed:
            on_killed(str(killed))
        owner = {"pid": os.getpid(), "purpose": purpose, "since": datetime.now(UTC).isoformat(timespec="seconds")}
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(owner).encode(), 0)
        try:
            yield
        finally:
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)
