"""Quoting: the only place where names and texts enter composed SQL."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

# Columns of `input` that are not the file's.
RESERVED = frozenset({"file_id", "row_number", "staged_from"})
SQL = Path(__file__).resolve().parents[2] / "sql"


def identifier(name: str) -> str:
    """The name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str | None) -> str:
    """The text as a SQL string."""
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"


def file(path: Path) -> str:
    """The path of one file as a SQL string: DuckDB takes a path for a pattern wherever one matches."""
    return literal(re.sub(r"[*?\[]", r"[\g<0>]", str(path)))


def files(paths: Iterable[Path]) -> str:
    """The paths of files as a SQL list of strings."""
    return "[" + ", ".join(file(path) for path in paths) + "]::VARCHAR[]"


def listing(texts: Iterable[str]) -> str:
    """The texts as a SQL list of strings."""
    return "[" + ", ".join(literal(text) for text in texts) + "]::VARCHAR[]"


def normal(header: str) -> str:
    """A header cell as it is compared: without byte order mark, outer blanks and case, inner blanks single."""
    return re.sub(r"\s+", " ", header.replace("\ufeff", "").replace("\u200b", "").strip()).casefold()
