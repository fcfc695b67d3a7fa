"""The working files of a shop in which nothing has landed yet, made once and copied.

Here: what opening a new home leaves, in a new home. Not here: that opening makes it (tests/warehouse/test_connection.py
and every test that runs a command on a new home). Making the files takes 0.25 s of processor, copying them none, and
hundreds of tests begin with them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.settings import Settings
from pipelines.warehouse.connection import opened


def put_empty_files(settings: Settings) -> None:
    """Put empty working files into a home that has none."""
    if settings.salt is None or (settings.home.exists() and any(settings.home.glob("*.duckdb*"))):
        return
    settings.home.mkdir(parents=True, exist_ok=True)
    for name, content in _made(settings.salt).items():
        (settings.home / name).write_bytes(content)


@cache
def _made(salt: str) -> dict[str, bytes]:
    """The files that this program makes for a salt, by name; no other setting shapes them."""
    with TemporaryDirectory() as folder:
        with opened(Settings(home=folder, salt=salt)):
            pass
        return {file.name: file.read_bytes() for file in Path(folder).iterdir()}
