"""What the digests of this program's own files are, remembered from one process to the next.

Here: a file beside the bytecode, good for the very bytes of pipelines/ and sql/ that it was made from. Not here: what a
digest is of (code_digest.py). Parsing every module takes 0.15 s of processor, reading them 5 ms. An installation that
cannot be written to, or a Python that leaves no bytecode, remembers nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

from pipelines.warehouse.sql_files import SQL

ROOT = SQL.parent
_SOURCES = (("pipelines", ".py"), ("sql", ".sql"))


def remembered(name: str, make: Callable[[], Any], file: Path | None = None) -> Any:  # noqa: ANN401 (any JSON)
    """What `make` returned for these very files of the program, in this process or an earlier one.

    Args:
        name: of the value in the file.
        make: makes the value from files of pipelines/ and sql/ and from nothing else; anything that JSON can hold.
        file: where it is remembered, by default beside this module's bytecode.
    """
    file = file or Path(cache_from_source(__file__)).with_name("digests.json")
    key = _key()
    values = _values(file, key)
    if name not in values:
        values[name] = make()
        # Of files that changed meanwhile, nobody knows which of them were read.
        if not sys.dont_write_bytecode and _hash_of_sources() == key:
            with suppress(OSError):
                _write(file, {"key": key, "values": values})
    return values[name]


@cache
def _key() -> str:
    return _hash_of_sources()


def _hash_of_sources() -> str:
    """Of the names and bytes of all files that a digest may be of, and of this Python, whose parser reads them."""
    digest = hashlib.sha256(sys.version.encode())
    for folder, ending in _SOURCES:
        # os.walk takes a third of the time of Path.rglob.
        for parent, folders, names in os.walk(ROOT / folder):
            folders.sort()
            for path in (Path(parent, name) for name in sorted(names) if name.endswith(ending)):
                content = path.read_bytes()
                digest.update(f"{path.relative_to(ROOT)}\0{len(content)}\0".encode())
                digest.update(content)
    return digest.hexdigest()


@cache
def _values(file: Path, key: str) -> dict[str, Any]:
    """What the file holds for this key; empty if it is missing, damaged or of other sources."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads(file.read_text(encoding="utf-8"))
        if kept["key"] == key:
            return dict(kept["values"])
    return {}


def _write(file: Path, content: dict[str, Any]) -> None:
    """Replace the file at once: other processes read it meanwhile."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.write_text(json.dumps(content), encoding="utf-8")
    # The umask of a night is private; nothing here is.
    draft.chmod(0o644)
    draft.replace(file)
