"""Comments, docstrings and documents name only files that are in the repository.

Here: names of modules, SQL files and documents in prose. Not here: files of operators, which have names of their own.
"""

from __future__ import annotations

import ast
import io
import re
import subprocess
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# Documents that the project was designed with and that are not in it.
ABSENT_DOCUMENTS = re.compile(r"\b(CONTRACT|DESIGN|FORMATS|PLATFORM|STATISTICS|STYLE)\b")
# A name of one of the repository's own kinds of file, not a call such as connection.sql(...). CSV files are the shop's,
# unless they stand below sql/ or tests/.
FILE_NAME = re.compile(r"(?:[\w.-]+/)*[\w.-]*\w\.(?:py|sql|md)\b(?!\()|(?:sql|tests)/(?:[\w.-]+/)*[\w.-]+\.csv\b")
# Made by the recipes of CONTRIBUTING.md, which tests/test_contributing.py follows.
MADE_BY_RECIPES = {
    "pipelines/value/weekdays.py",
    "sql/checks/value_weekdays_range.sql",
    "sql/formats/acme.responses.sql",
}


def tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [name for name in sorted(filter(None, listed.split("\0"))) if (ROOT / name).is_file()]


TRACKED = tracked()


def prose(name: str, text: str) -> list[str]:
    """The text of a file that people read: comments and docstrings of code, the whole of a document."""
    if name.endswith(".py"):
        comments = [
            token.string
            for token in tokenize.generate_tokens(io.StringIO(text).readline)
            if token.type == tokenize.COMMENT
        ]
        documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, documented)]
        return comments + [docstring for node in nodes if (docstring := ast.get_docstring(node)) is not None]
    if name.endswith(".sql"):
        return re.findall(r"--.*|/\*.*?\*/", text, re.DOTALL if "/*" in text else 0)
    return [text]


def is_there(name: str) -> bool:
    """Whether a name, or the end of a path, is that of a file of the repository."""
    short = re.sub(r"^(\.{1,2}/)+", "", name)
    return any(path == short or path.endswith(f"/{short}") for path in TRACKED)


def dangling(name: str, text: str) -> list[str]:
    """What the prose of a file names and the repository does not hold."""
    texts = prose(name, text)
    documents = [word for one in texts for word in ABSENT_DOCUMENTS.findall(one)]
    files = {file for one in texts for file in FILE_NAME.findall(one)} - MADE_BY_RECIPES
    return documents + sorted(file for file in files if not is_there(file))


KINDS = (".py", ".sql", ".md", ".toml", ".yaml", ".service")
READ = [name for name in TRACKED if name.endswith(KINDS) or "." not in name]


def test_prose_names_only_what_is_in_the_repository():
    """One test for all files, which names those that break the rule: a test a file takes longer."""
    missing = {name: named for name in READ if (named := dangling(name, (ROOT / name).read_text(encoding="utf-8")))}
    assert missing == {}


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.py", '"""As STATISTICS says."""', ["STATISTICS"]),
        ("a.py", "x = 1  # see CONTRACT section 3", ["CONTRACT"]),
        ("a.py", '"""Here: x (pipelines/nowhere.py)."""', ["pipelines/nowhere.py"]),
        ("a.py", "def f():\n    # see GONE.md", ["GONE.md"]),
        ("a.sql", "SELECT 1 -- as in sql/gone.sql\n", ["sql/gone.sql"]),
        ("a.md", "See [there](docs/THERE.md) and sql/gone.csv.", ["docs/THERE.md", "sql/gone.csv"]),
        ("a.md", "See [there](../README.md), `raw/load.py` and `shop/orders.csv`.", []),
        ("a.py", 'FORMATS = "gone.py"', []),
    ],
)
def test_a_dangling_reference_is_seen(name, text, expected):
    text += "\n    pass\n" if text.startswith("def") else ""
    assert dangling(name, text) == expected
