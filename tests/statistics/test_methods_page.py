"""The methods page names every method, and nothing that does not exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[2]
STATISTICS = ROOT / "pipelines/statistics"
PAGE = (STATISTICS / "README.md").read_text(encoding="utf-8")
MODULES = sorted(path for path in STATISTICS.glob("*.py") if path.stem != "__init__")
QUOTED = set(re.findall(r"`([^`\s]+)`", PAGE))


def functions(module: Path) -> set[str]:
    """Names of the module's public functions."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_every_module_is_on_the_page(module: Path) -> None:
    assert re.search(rf"`{module.stem}\.\w+`", PAGE)


def test_every_function_on_the_page_exists() -> None:
    names = {path.stem: functions(path) for path in MODULES}
    named = [name.split(".") for name in QUOTED if name.split(".")[0] in names and not name.endswith(".py")]
    assert [f"{module}.{name}" for module, name in named if name not in names[module]] == []


def test_every_file_on_the_page_exists() -> None:
    folders = ("", "tests/statistics/", "tests/benchmarks/")
    files = [name for name in QUOTED if name.endswith(".py")]
    assert [name for name in files if not any((ROOT / folder / name).exists() for folder in folders)] == []


def test_every_column_on_the_page_is_published() -> None:
    with duckdb.connect() as connection:
        for schema in ("nps", "value", "loop"):
            connection.execute((ROOT / f"sql/schema/{schema}.sql").read_text(encoding="utf-8"))
        rows = connection.execute("SELECT schema_name, table_name, column_name FROM duckdb_columns()").fetchall()
    published = {".".join(row) for row in rows} | {".".join(row[:2]) for row in rows}
    named = {name for name in QUOTED if re.fullmatch(r"(nps|value|loop)\.\w+(\.\w+)?", name)}
    assert len(named) > 40
    assert named - published == set()


def test_no_method_knows_a_table() -> None:
    """Formulas import nothing of Northstar but each other and what makes them fast."""
    imported = {
        node.module
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("pipelines")
    }
    assert {name for name in imported if not name.startswith("pipelines.statistics")} <= {"pipelines.speed"}
