"""The house rules that hold for every file.

Here: what can be seen by reading the tracked files. One test a rule, which names every file that breaks it: a test for
each rule and file would take longer to report than to run. Not here: behaviour.
"""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOP_LEVEL = {
    ".pre-commit-config.yaml",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
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
LONGEST_FUNCTION = 60
# What is still too long. Whoever shortens one takes it off this list; nobody adds to it.
LONG_MODULES: set[str] = set()
LONG_FUNCTIONS: set[str] = set()
# From the top; a module or folder of pipelines/ imports from its own layer and those below it.
LAYERS = (
    {"publish", "report"},
    {"ops", "calibrate"},
    {"figures"},
    {"loop"},
    {"value"},
    {"nps"},
    {"core"},
    {"raw"},
    {"warehouse"},
    {"settings", "notify", "obstacles", "parts"},
    {"simulate", "margins", "rfm_groups", "operator_files", "setting_values", "phone_numbers", "business_days"}
    | {"periods", "statistics", "speed"},
)
# Where packages come from is everybody's own choice. In brackets, so that this file itself passes.
REGISTRIES = re.compile(r"pypi[.]org|python[h]osted[.]org|npmjs[.]org|debian[.]org")
SQL_TEXT = re.compile(
    r"\bSELECT\b.*\bFROM\b"
    r"|^\s*(SELECT|FROM|WITH|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|ATTACH|DETACH|PRAGMA|COMMENT ON|COPY|SET)\s"
    r"|^\s*\w+ (=|<|>|<=|>=|<>) (DATE|TIMESTAMP|TIMESTAMPTZ) '",
    re.DOTALL,
)
# Runs one PRAGMA on Dagster's own files, not on the shop's.
DATA_ACCESS_ALLOWED = {"assets/event_log.py"}
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


@cache
def code(path: Path) -> ast.Module:
    """The parsed module."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def short(path: Path) -> str:
    """The path as one names it in the repository."""
    return path.relative_to(ROOT).as_posix()


def imported_names(module: ast.Module) -> set[str]:
    """The full dotted names that a module imports, also inside functions and for type checking only."""
    names = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def imported(module: ast.Module) -> set[str]:
    """The top-level packages that a module imports."""
    return {name.split(".")[0] for name in imported_names(module)}


def layer(name: str) -> int:
    """Height of a module or folder of pipelines/, 0 at the top."""
    heights = [height for height, names in enumerate(LAYERS) if name in names]
    assert heights, f"pipelines/{name} is in no layer"
    return heights[0]


def imports_from_above(name: str, module: ast.Module) -> list[str]:
    """What a module of pipelines/ imports from a layer above its own."""
    pipelines = {dotted for dotted in imported_names(module) if dotted.startswith("pipelines.")}
    return sorted(dotted for dotted in pipelines if layer(dotted.split(".")[1]) < layer(name))


def lines_of_code(function: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> int:
    """Lines of a function, its signature included, without docstring, comments and blank lines."""
    start, end = function.lineno, function.end_lineno or 0
    if ast.get_docstring(function, clean=False) is not None:
        docstring = function.body[0]
        end -= (docstring.end_lineno or 0) - docstring.lineno + 1
        lines = lines[: docstring.lineno - 1] + lines[docstring.end_lineno :]
    return sum(1 for line in lines[start - 1 : end] if line.strip() and not line.strip().startswith("#"))


def docstrings(module: ast.Module) -> set[int]:
    """Identities of the nodes that hold docstrings."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        id(node.body[0].value)
        for node in ast.walk(module)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }


def data_access(module: ast.Module) -> list[str]:
    """What a module does with data itself: SQL in its strings, Polars, DuckDB, calls that run statements."""
    skipped = docstrings(module)
    texts = [
        node.value
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped
    ]
    calls = {node.attr for node in ast.walk(module) if isinstance(node, ast.Attribute)} & {"sql", "execute"}
    return [*filter(SQL_TEXT.search, texts), *sorted(imported(module) & {"polars", "duckdb"}), *sorted(calls)]


PYTHON = tracked("*.py")
PIPELINES = tracked("pipelines/*.py")
ASSETS = tracked("assets/*.py")
SQL = tracked("sql/*.sql")


def test_the_top_level_is_the_agreed_one():
    assert {path.relative_to(ROOT).parts[0] for path in tracked()} <= TOP_LEVEL


def test_the_arithmetic_never_imports_dagster():
    assert {short(path): names for path in PIPELINES if (names := imported(code(path)) & DAGSTER)} == {}


def test_imports_within_pipelines_run_downwards():
    modules = {path: path.relative_to(ROOT).parts[1].removesuffix(".py") for path in PIPELINES}
    upward = {
        short(path): names
        for path, name in modules.items()
        if name != "__init__" and (names := imports_from_above(name, code(path)))
    }
    assert upward == {}


@pytest.mark.parametrize(
    "text",
    [
        "from pipelines.ops import nights",
        "import pipelines.figures",
        "def f():\n    from pipelines import publish",
        "if TYPE_CHECKING:\n    from pipelines.value.models import models",
    ],
)
def test_an_import_from_a_layer_above_is_seen(text):
    assert len(imports_from_above("core", ast.parse(text))) == 1


def test_a_module_in_no_layer_is_refused():
    with pytest.raises(AssertionError, match="in no layer"):
        imports_from_above("core", ast.parse("import pipelines.somewhere"))


def test_dagster_can_read_the_annotations_of_assets():
    """Dagster refuses a `context` whose annotation is a string, which this import makes of all of them."""
    assert [short(path) for path in ASSETS if "__future__" in imported(code(path))] == []


def test_assets_hold_no_sql_and_no_polars():
    """They read through functions of pipelines, which return dataclasses or frames."""
    assert {short(path) for path in ASSETS if data_access(code(path))} == DATA_ACCESS_ALLOWED


@pytest.mark.parametrize(
    "text",
    [
        'x = "SELECT count(*) FROM core.orders"',
        'x = f"SELECT count(*) FROM {table}"',
        'x = f"FROM {table} LIMIT 5"',
        "x = f\"month >= DATE '{start}'\"",
        "x = r\"COMMENT ON TABLE x IS 'y'\"",
        "import polars as pl",
        "def f():\n    import duckdb",
        "relation = connection.sql(statement)",
        "warehouse.connection.execute(statement)",
    ],
)
def test_data_access_is_seen(text):
    assert data_access(ast.parse(text)) != []


def test_docstrings_and_plain_words_are_no_data_access():
    text = 'def f():\n    """SELECT the rows FROM x."""\n    return "Select the months from the list", "with care"'
    assert data_access(ast.parse(text)) == []


def test_nothing_loops_over_rows():
    loops = {"map_elements", "map_rows", "iter_rows", "iterrows", "itertuples"}
    looping = {
        f"{short(path)}:{node.lineno}: {node.attr}"
        for path in PIPELINES + ASSETS
        for node in ast.walk(code(path))
        if isinstance(node, ast.Attribute) and node.attr in loops
    }
    assert looping == set()


def test_every_module_says_what_it_is_for():
    assert [short(path) for path in PYTHON if not ast.get_docstring(code(path))] == []


def test_modules_stay_short_enough_to_read():
    long = {short(path) for path in PYTHON if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_MODULE}
    assert long == LONG_MODULES


def test_functions_stay_short_enough_to_read():
    long = {
        f"{short(path)}:{node.name}"
        for path in PYTHON
        for node in ast.walk(code(path))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and lines_of_code(node, path.read_text(encoding="utf-8").splitlines()) > LONGEST_FUNCTION
    }
    assert long == LONG_FUNCTIONS


def test_lines_of_code_are_counted_without_docstring_comments_and_blank_lines():
    text = 'x = 1\n\ndef f(\n    a,\n):\n    """One.\n\n    Two.\n    """\n    # why\n\n    return a\n\ny = 2\n'
    (function,) = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    assert lines_of_code(function, text.splitlines()) == 4


def test_every_sql_file_opens_with_what_it_is():
    opens = re.compile(r"(--|/\*)\s*\S")
    assert [short(path) for path in SQL if not opens.match(path.read_text(encoding="utf-8"))] == []


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
    """What the tests run on is what is installed without them; a tool of the tests may want it on more platforms."""
    versions = [
        set(re.findall(r"^\S+==\S+", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
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
