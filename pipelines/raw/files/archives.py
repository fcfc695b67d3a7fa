"""Unpacking: .gz and .zst, one content each, and .zip, whose members are contents of their own.

Here: unpacked bytes in the private folder, under names made here, and the limit on how many they may be. Not here:
workbooks, which are ZIP archives too (workbooks.py), and what the bytes mean (pipelines/raw/contents.py).

A member is a content like a landed file: its identity is the SHA-256 of its bytes, so an archive and the same files
landed unpacked are duplicates of each other, whatever any of them is called.
"""

from __future__ import annotations

import errno
import gzip
import hashlib
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import duckdb

from pipelines.raw.files.reader import CHUNK, ContentError, Reader
from pipelines.raw.formats import fault, first_line
from pipelines.warehouse.frames import frame
from pipelines.warehouse.quoting import file

# Limits on unpacking: exports are packed 5 to 50 times, a bomb a thousand times and more.
MOST_TIMES = 200
ALWAYS_ALLOWED = 1024**3
MOST_MEMBERS = 10_000
# Nobody sends a table deeper than an archive in an archive.
DEEPEST = 2
_ENCRYPTED = 0x1
# What damaged archives raise.
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, struct.error, lzma.LZMAError),
    *(EOFError, OSError, NotImplementedError, RuntimeError, ValueError),
)


@dataclass
class Budget:
    """How many bytes a landed file may unpack to; archives within it share its budget."""

    limit: int
    spent: int = 0

    @classmethod
    def of(cls, packed: int) -> Budget:
        """The budget of a landed file of that many bytes."""
        return cls(max(ALWAYS_ALLOWED, MOST_TIMES * packed))

    def spend(self, size: int) -> None:
        """Count unpacked bytes.

        Raises:
            ContentError: they are more than the limit.
        """
        self.spent += size
        if self.spent > self.limit:
            message = (
                f"unpacked it is larger than {self.limit / 1024**2:.0f} MiB, the most for a file of its size: "
                "unpack it yourself if that is right"
            )
            raise ContentError(message)


@dataclass(frozen=True)
class Member:
    """One content among several in a landed file: its private copy, or why there is none."""

    name: str
    file_id: str
    bytes: int
    path: Path
    fault: str | None = None


def unpack_gzip(reader: Reader, target: Path) -> Reader:
    """The content of a gzip file as a private copy.

    Raises:
        ContentError: it is cut, damaged or unpacks to too much.
    """
    budget = Budget.of(reader.path.stat().st_size)
    try:
        with gzip.open(reader.path, "rb") as packed, target.open("wb") as plain:
            _copy(packed, plain, budget)
    except (OSError, EOFError, zlib.error) as error:
        _raise_if_full(error)
        message = f"it is not a whole gzip file: {first_line(error)}"
        raise ContentError(message) from None
    return Reader(target, target.stat().st_size)


def unpack_zstandard(connection: duckdb.DuckDBPyConnection, reader: Reader, target: Path) -> Reader:
    """The content of a Zstandard file of text as a private copy.

    Raises:
        ContentError: it is cut, damaged or unpacks to too much.
    """
    # Python has Zstandard from 3.14 on only, DuckDB has it: each line is read as latin-1, one byte a character.
    source = f"""
        read_csv({file(reader.path)}, hive_partitioning = false, compression = 'zstd', encoding = 'latin-1',
            header = false, auto_detect = false, quote = '', escape = '', delim = '\x01',
            columns = {{'line': 'VARCHAR'}}, max_line_size = 67108864, buffer_size = 134217728, parallel = false)
    """
    try:
        [(size,)] = connection.sql(f"SELECT coalesce(sum(length(line) + 1), 0) FROM {source}").fetchall()
        Budget.of(reader.path.stat().st_size).spend(size)
        lines = frame(connection.sql(f"SELECT coalesce(line, '') AS line FROM {source}"))["line"].to_list()
    except duckdb.Error as error:
        message = f"it is not a whole Zstandard file of text: {fault(error, reader.path)}"
        raise ContentError(message) from None
    target.write_bytes(("\n".join(lines) + "\n").encode("latin-1"))
    return Reader(target, target.stat().st_size)


def open_archive(reader: Reader) -> zipfile.ZipFile:
    """Open an archive.

    Raises:
        ContentError: it is cut or damaged, or lists too many members.
    """
    try:
        archive = zipfile.ZipFile(reader.path)
    except BROKEN as error:
        message = f"it is not a whole ZIP archive: {fault(error, reader.path)}"
        raise ContentError(message) from None
    if len(archive.infolist()) > MOST_MEMBERS:
        archive.close()
        message = f"the archive lists {len(archive.infolist())} members; {MOST_MEMBERS} are the most that are read"
        raise ContentError(message)
    return archive


def members(archive: zipfile.ZipFile, archive_id: str, folder: Path, budget: Budget) -> Iterator[Member]:
    """The members one by one, each a private copy that is the caller's to delete.

    A member that cannot be unpacked has a fault, and an identity made of the archive's and its name. Names are shown,
    never used as paths.

    Raises:
        ContentError: by its own list the archive unpacks to too much.
    """
    listed = archive.infolist()
    replace(budget).spend(sum(one.file_size for one in listed))
    for number, one in enumerate(listed):
        parts = one.filename.split("/")
        # Names that begin with a dot are passed over, as in the landing folder; macOS adds a shadow of every file.
        if one.is_dir() or parts[0] == "__MACOSX" or (parts[-1].startswith(".") and parts[-1] != ".."):
            continue
        target = folder / f"{archive_id}.{number}"
        try:
            file_id, size = _extract(archive, one, target, budget)
        except ContentError as error:
            target.unlink(missing_ok=True)
            yield lost(one.filename, one.file_size, archive_id, str(error))
        else:
            yield Member(one.filename, file_id, size, target)


def lost(name: str, size: int, archive_id: str, fault: str) -> Member:
    """A member that cannot be unpacked: its identity is made of its archive and its name, as it has no bytes."""
    digest = hashlib.sha256(f"{archive_id}/{name}".encode("utf-8", "backslashreplace"))
    return Member(name, digest.hexdigest(), size, Path(), fault)


def _extract(archive: zipfile.ZipFile, one: zipfile.ZipInfo, target: Path, budget: Budget) -> tuple[str, int]:
    if one.flag_bits & _ENCRYPTED:
        message = "it is encrypted: pack it without a password"
        raise ContentError(message)
    if stat.S_ISLNK(one.external_attr >> 16):
        message = "it is a link, and links in archives are not followed"
        raise ContentError(message)
    try:
        with archive.open(one) as packed, target.open("wb") as plain:
            return _copy(packed, plain, budget)
    except BROKEN as error:
        _raise_if_full(error)
        message = f"it cannot be unpacked: {first_line(error).replace(repr(one.filename), 'the member')}"
        raise ContentError(message) from None


def _copy(packed: IO[bytes] | gzip.GzipFile, plain: IO[bytes], budget: Budget) -> tuple[str, int]:
    """Copy within the budget; returns SHA-256 and number of the bytes."""
    digest, size = hashlib.sha256(), 0
    while chunk := packed.read(CHUNK):
        budget.spend(len(chunk))
        size += len(chunk)
        digest.update(chunk)
        plain.write(chunk)
    return digest.hexdigest(), size


def _raise_if_full(error: Exception) -> None:
    """A full disk is not the fault of the file: a later load reads it."""
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        raise error
