"""Working files made once in a process and copied into each home that begins with them.

Here: the files of a shop in which nothing has landed yet, and copying files that a test made. Not here: that opening a
new home makes them (tests/warehouse/test_connection.py and every test that runs a command on a new home). Making them
takes 0.25 s of processor, copying them none, and hundreds of tests begin with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.settings import Settings
from pipelines.warehouse.connection import opened


def files_of(home: Path) -> dict[str, bytes]:
    """The files in a home, by name, of which nobody has one open."""
    return {path.name: path.read_bytes() for path in home.iterdir() if path.is_file()}


def put(home: Path, files: Mapping[str, bytes]) -> None:
    """Put files into a home that has no working files yet."""
    if not (home.exists() and any(home.glob("*.duckdb*"))):
        home.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (home / name).write_bytes(content)


def put_empty_files(settings: Settings) -> None:
    """Put empty working files into a home that has none."""
    if settings.salt is not None:
        put(settings.home, _empty(settings.salt))


@cache
def _empty(salt: str) -> dict[str, bytes]:
    """The files that this program makes for a salt; no other setting shapes them."""
    with TemporaryDirectory() as folder:
        with opened(Settings(home=folder, salt=salt)):
            pass
        return files_of(Path(folder))
