"""The rules of the house that hold for every file, whatever it does.

Here: what can be seen by reading the tracked files. Not here: behaviour.
"""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOP_LEVEL = {
    ".ci",
    ".gitignore",
    "LICENSE",
    "Makefile",
    "README.md",
    "assets",
    "pipelines",
    "pyproject.toml",
    "requirements-data.txt",
    "requirements-install.txt",
    "requirements-test.txt",
    "requirements.txt",
    "sql",
    "tests",
    "workspace.yaml",
}
LONGEST_MODULE = 400
# Where packages come from is everybody's own choice. In brackets, so that this file itself passes.
REGISTRIES = re.compile(r"pypi[.]org|python[h]osted[.]org|npmjs[.]org|debian[.]org")
DAGSTER = {"dagster", "dagster_webserver", "dagster_graphql", "dagster_shared", "assets"}


def tracked(*patterns: str) -> list[Path]:
    """The files of the repository that git knows or would add, those of the patterns only."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [path for name in sorted(set(filter(None, listed.split("\0")))) if (path := ROOT / name).is_file()]


def code(path: Path) -> ast.Module:
    """The parsed module."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def short(path: Path) -> str:
    """The path as one names it in the repository."""
    return path.relative_to(ROOT).as_posix()


def imported(module: ast.Module) -> set[str]:
    """The top-level packages that a module imports, anywhere in it."""
    names = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module)
    return {name.split(".")[0] for name in names}


PYTHON = tracked("*.py")
PIPELINES = tracked("pipelines/*.py")
ASSETS = tracked("assets/*.py")
SQL = tracked("sql/*.sql")


def test_the_top_level_is_the_agreed_one():
    assert {path.relative_to(ROOT).parts[0] for path in tracked()} <= TOP_LEVEL


@pytest.mark.parametrize("path", PIPELINES, ids=short)
def test_the_arithmetic_never_imports_dagster(path):
    assert not imported(code(path)) & DAGSTER


@pytest.mark.parametrize("path", ASSETS, ids=short)
def test_dagster_can_read_the_annotations_of_assets(path):
    """Dagster refuses a `context` whose annotation is a string, which this import makes of all of them."""
    assert "__future__" not in imported(code(path))


@pytest.mark.parametrize("path", PIPELINES + ASSETS, ids=short)
def test_nothing_loops_over_rows(path):
    called = {node.attr for node in ast.walk(code(path)) if isinstance(node, ast.Attribute)}
    assert not called & {"map_elements", "map_rows", "iter_rows", "iterrows", "itertuples"}


@pytest.mark.parametrize("path", PYTHON, ids=short)
def test_every_module_says_what_it_is_for(path):
    assert ast.get_docstring(code(path))


@pytest.mark.parametrize("path", PIPELINES + ASSETS, ids=short)
def test_modules_stay_short_enough_to_read(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize("path", SQL, ids=short)
def test_every_sql_file_opens_with_what_it_is(path):
    assert re.match(r"(--|/\*)\s*\S", path.read_text(encoding="utf-8"))


def test_locks_hold_versions_and_hashes_and_no_addresses():
    locks = tracked("requirements*.txt")
    assert len(locks) == 4
    for path in locks:
        text = path.read_text(encoding="utf-8")
        assert "://" not in text
        assert "index-url" not in text
        hashed = re.compile(r"[\w.-]+==\S+.*--hash=sha256:[0-9a-f]{64}", re.DOTALL)
        assert [entry for entry in re.split(r"\n(?=\S)", text.strip()) if not hashed.match(entry)] == []


def test_the_locks_agree():
    """What the tests run on is what is installed without them."""
    versions = [
        set(re.findall(r"^\S+==[^\\]+", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("requirements.txt", "requirements-test.txt")
    ]
    assert versions[0] <= versions[1]


def test_no_file_names_a_package_registry():
    naming = [short(path) for path in tracked() if REGISTRIES.search(path.read_text(encoding="utf-8", errors="ignore"))]
    assert naming == []


def test_no_file_names_a_path_of_somebody_s_machine():
    homes = re.compile(r"(?<![\w.])/(home/\w|root/|Users/\w|work/)")
    naming = [short(path) for path in tracked() if homes.search(path.read_text(encoding="utf-8", errors="ignore"))]
    assert naming == []


def test_the_workspace_is_not_overruled():
    """Dagster reads these blocks before workspace.yaml."""
    assert not re.search(
        r"^\[tool\.(dg|dagster)\b", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE
    )
