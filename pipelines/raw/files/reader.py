"""A file's bytes: whole or in chunks, and the identity they give it.

Here: reading, hashing, the errors of unreadable files. Not here: unpacking (archives.py, workbooks.py), what the bytes
mean (pipelines/raw/contents.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

CHUNK = 16 * 1024 * 1024
HEAD = 256 * 1024


class ContentError(Exception):
    """A file cannot be read; the message says what is wrong with it."""


class NotYetError(ContentError):
    """A file cannot be read until something missing here is installed; it waits."""


class Reader:
    """A file's bytes in chunks, held in memory when they are few."""

    def __init__(self, path: Path, size: int) -> None:
        """Read the file if it is small."""
        self.path = path
        self.data = path.read_bytes() if size <= CHUNK else None

    def chunks(self) -> Iterator[bytes]:
        """All bytes, in pieces of CHUNK."""
        if self.data is not None:
            yield self.data
            return
        with self.path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk

    def lines(self) -> Iterator[bytes]:
        """Chunks that end with a line, so that a byte and its neighbours are in one chunk."""
        rest = b""
        for chunk in self.chunks():
            body, line_end, tail = (rest + chunk).rpartition(b"\n")
            yield body + line_end
            rest = tail
        yield rest

    def head(self) -> bytes:
        """The first bytes."""
        if self.data is not None:
            return self.data[:HEAD]
        with self.path.open("rb") as file:
            return file.read(HEAD)


def identify(path: Path, size: int) -> tuple[str, Reader]:
    """The file's identity, the SHA-256 of its bytes as landed."""
    reader = Reader(path, size)
    digest = hashlib.sha256()
    for chunk in reader.chunks():
        digest.update(chunk)
    return digest.hexdigest(), reader


def reopen(path: Path, size: int) -> Reader:
    """The reader of a file whose identity is known."""
    return Reader(path, size)
