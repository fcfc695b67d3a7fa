"""The files of sql/.

Here: where they are, and their texts. Not here: running them (connection.py) and what they mean (sql_meaning.py).
"""

from __future__ import annotations

from pathlib import Path

SQL = Path(__file__).resolve().parents[2] / "sql"


def statements(name: str) -> str:
    """Text of a file below sql/, or of all SQL files of a folder, by name."""
    path = SQL / name
    files = sorted(path.glob("*.sql")) if path.is_dir() else [path]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)
