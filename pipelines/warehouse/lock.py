"""One writer at a time, for a whole run.

Here: an operating-system lock on a file of NORTHSTAR_HOME. Not here: who takes it and for how long (the warehouse
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
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return _describe(descriptor)
        return None
    finally:
        os.close(descriptor)


def _describe(descriptor: int) -> str:
    try:
        owner = json.loads(os.pread(descriptor, 4096, 0))
        return f"{owner['purpose']} (process {owner['pid']}, since {owner['since']})"
    except (ValueError, KeyError, TypeError):
        return "another process"


@contextmanager
def exclusive(path: Path, purpose: str, *, on_wait: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock; while somebody else has it, wait and say once for whom.

    Args:
        path: the lock file, made when missing.
        purpose: what this process does, told to those who wait.
        on_wait: called once with the holder in words, if there is one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        tries = 0
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                tries += 1
                # Not at the first try: `holder` has the lock for an instant, and an owner that just got it has not
                # signed yet.
                if tries == 2:
                    on_wait(_describe(descriptor))
                time.sleep(POLL_SECONDS)
        owner = {"pid": os.getpid(), "purpose": purpose, "since": datetime.now(UTC).isoformat(timespec="seconds")}
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(owner).encode(), 0)
        try:
            yield
        finally:
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)
