"""Quoting: the only place where names, texts and paths enter composed SQL.

Here: SQL identifiers and literals. Not here: values that a statement can take as parameters; those are bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path


def identifier(name: str) -> str:
    """The name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def quoted(name: str) -> str:
    """A dotted name as quoted SQL identifiers."""
    return ".".join(identifier(part) for part in name.split("."))


def literal(text: str | None) -> str:
    """The text as a SQL string."""
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"


def file(path: Path) -> str:
    """The path of one file as a SQL string, escaped because DuckDB reads paths as glob patterns."""
    return literal(re.sub(r"[*?\[]", r"[\g<0>]", str(path)))


def files(paths: Iterable[Path]) -> str:
    """The paths of files as a SQL list of strings."""
    return "[" + ", ".join(file(path) for path in paths) + "]::VARCHAR[]"


def listing(texts: Iterable[str]) -> str:
    """The texts as a SQL list of strings."""
    return "[" + ", ".join(literal(text) for text in texts) + "]::VARCHAR[]"
