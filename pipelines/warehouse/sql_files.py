"""The files of sql/.

Here: where they are, and their texts. Not here: running them (connection.py) and what they mean (sql_meaning.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

SQL = Path(__file__).resolve().parents[2] / "sql"


def statements(name: str) -> str:
    """Text of a file below sql/, or of all SQL files of a folder, by name."""
    path = SQL / name
    files = sorted(path.glob("*.sql")) if path.is_dir() else [path]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def view_texts(ddl: Iterable[str]) -> list[str]:
    """Texts of the views.

    A view whose header says `-- columns: <table>` has that table's columns, and takes their comments from its DDL.
    """
    comments = "\n".join(ddl)
    texts = []
    for file in sorted((SQL / "views").glob("*.sql")):
        text = file.read_text(encoding="utf-8")
        if header := re.search(r"^-- columns: (\S+)$", text, re.MULTILINE):
            [view] = re.findall(r"^CREATE OR REPLACE VIEW (\S+) AS$", text, re.MULTILINE)
            column = re.compile(rf"^COMMENT ON COLUMN {re.escape(header[1])}\.(\S+ IS '(?:[^']|'')*';)$", re.MULTILINE)
            text += "".join(f"COMMENT ON COLUMN {view}.{rest}\n" for rest in column.findall(comments))
        texts.append(text)
    return texts
