"""The digest of code: comments, docstrings and places do not change it, what the code does changes it."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest

from pipelines.core.conform import conform
from pipelines.figures import BY_TABLE, FIGURES
from pipelines.nps.by_segment import by_segment
from pipelines.value import customer_base
from pipelines.warehouse import code_digest as digests
from pipelines.warehouse.code_digest import ROOT, code_digest, digest_of_modules, sql_digest, table_definition

PACKAGE = {
    "__init__": "",
    "figure": """
        '''The figure.'''
        from typing import TYPE_CHECKING

        from pipelines.deep import near
        from pipelines.deep.far import RATE, share

        if TYPE_CHECKING:
            from pipelines.unread import Row

        def figure(rows, statements):
            '''Rows of the figure.'''
            # Why.
            total = sum(rows)
            return share(total) * near.NEAR + RATE, statements("deep/rows.sql")
    """,
    "deep/__init__": "",
    "deep/near": "from pipelines.deep.lowest import LOWEST\nNEAR = LOWEST + 1",
    "deep/lowest": "LOWEST = 0",
    "deep/far": "RATE = 0.5\n\ndef share(total):\n    part = total * RATE\n    return part",
    "unread": "class Row:\n    SIZE = 1",
    "elsewhere": "from pipelines.figure import figure",
}
ROWS = "-- Rows.\nSELECT a, b\nFROM t -- of t\n"


@pytest.fixture
def package(tmp_path):
    """A small package of the same names, and a SQL file that it names."""
    for name, text in PACKAGE.items():
        file = tmp_path / "pipelines" / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = text.splitlines()
        file.write_text("\n".join(line.removeprefix("        ") for line in lines))
    (tmp_path / "sql" / "deep").mkdir(parents=True)
    (tmp_path / "sql" / "deep" / "rows.sql").write_text(ROWS)
    return tmp_path


def digest(root: Path) -> str:
    """Of the module `figure`, read anew."""
    digests._read.cache_clear()
    return digest_of_modules(["pipelines.figure"], root)


def change(root: Path, name: str, old: str, new: str) -> None:
    file = root / name
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("pipelines/figure.py", "The figure.", "Another docstring."),
        ("pipelines/figure.py", "Rows of the figure.", "The rows."),
        ("pipelines/figure.py", "# Why.", "# For another reason."),
        ("pipelines/figure.py", "    # Why.\n", "\n\n"),
        ("pipelines/figure.py", "sum(rows)", "sum(\n        rows,\n    )"),
        ("pipelines/figure.py", "total", "everything"),
        ("pipelines/figure.py", "import Row", "import Row, other"),
        ("pipelines/deep/far.py", "part", "amount"),
        ("pipelines/unread.py", "1", "2"),
        ("pipelines/elsewhere.py", "import figure", "import figure as another"),
        ("sql/deep/rows.sql", "-- Rows.", "-- What the rows are."),
        ("sql/deep/rows.sql", "a, b\nFROM", "a,\n    b FROM"),
    ],
)
def test_what_is_said_about_code_does_not_count(package, name, old, new):
    before = digest(package)
    change(package, name, old, new)
    assert digest(package) == before


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("pipelines/figure.py", "near.NEAR + RATE", "near.NEAR - RATE"),
        ("pipelines/figure.py", "import RATE, share", "import share, RATE as share"),
        ("pipelines/figure.py", "rows, statements", "statements, rows"),
        ("pipelines/deep/near.py", "+ 1", "+ 2"),
        ("pipelines/deep/lowest.py", "0", "1"),
        ("pipelines/deep/far.py", "0.5", "0.25"),
        ("pipelines/deep/far.py", "part = total * RATE\n    return part", "part = total * RATE\n    return total"),
        ("pipelines/deep/__init__.py", "", "import os\n"),
        ("sql/deep/rows.sql", "b", "c"),
        ("sql/deep/rows.sql", "a, b", "'a, b'"),
    ],
)
def test_what_code_does_counts_at_any_depth(package, name, old, new):
    before = digest(package)
    change(package, name, old, new)
    assert digest(package) != before


def test_places_do_not_count(package):
    before = digest(package)
    (package / "pipelines" / "deep" / "lowest.py").rename(package / "pipelines" / "bottom.py")
    change(package, "pipelines/deep/near.py", "pipelines.deep.lowest", "pipelines.bottom")
    (package / "sql" / "deep" / "rows.sql").rename(package / "sql" / "lines.sql")
    change(package, "pipelines/figure.py", "deep/rows.sql", "lines.sql")
    assert digest(package) == before


def test_an_import_from_another_module_counts(package):
    """Both modules are reached before and after; only which of them a name is from differs."""
    (package / "pipelines" / "deep" / "near.py").write_text("NEAR = 1\nRATE = 3\n")
    before = digest(package)
    change(package, "pipelines/figure.py", "import RATE, share", "import share")
    change(package, "pipelines/figure.py", "import near\n", "import near\nfrom pipelines.deep.near import RATE\n")
    assert digest(package) != before


def test_names_that_may_be_global_or_parameters_count(package):
    """Only names that can mean nothing but a local variable are free."""
    texts = [
        "def f(a):\n    b = a\n    return b",
        "def f(b):\n    a = b\n    return a",
        "def f(a):\n    b = a\n    return c",
        "c = 1\ndef f(a):\n    c = a\n    return c",
        "c = 1\ndef f(a):\n    b = a\n    return c",
        "def f(a):\n    len = a\n    return len",
        "def f(a):\n    global b\n    b = a\n    return b",
        "def f(a):\n    b, c = a\n    return b",
        "def f(a):\n    b, c = a\n    return c",
    ]
    seen = set()
    for text in texts:
        (package / "pipelines" / "figure.py").write_text(text)
        seen.add(digest(package))
    assert len(seen) == len(texts)


def test_what_runs_instead_of_an_import_for_type_checking_counts(package):
    change(package, "pipelines/figure.py", "import Row\n", "import Row\nelse:\n    OTHER = 1\n")
    before = digest(package)
    change(package, "pipelines/figure.py", "OTHER = 1", "OTHER = 2")
    assert digest(package) != before


def test_modules_may_import_each_other_s_package(package):
    """A package that imports its own module is read once."""
    (package / "pipelines" / "deep" / "__init__.py").write_text("from pipelines.deep.far import share\n")
    before = digest(package)
    change(package, "pipelines/deep/far.py", "0.5", "0.4")
    assert digest(package) != before


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """This installation's own code, to be changed."""
    root = tmp_path_factory.mktemp("copy")
    for name in ("pipelines", "sql"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    return root


def digest_in(root: Path, *functions) -> str:
    digests._read.cache_clear()
    return digest_of_modules([function.__module__ for function in functions], root)


def changed_by(root: Path, name: str, function) -> bool:
    """Whether a new constant in a module changes the digest of a function."""
    file = root / name
    text, before = file.read_text(), digest_in(root, function)
    file.write_text(f"{text}\nNEW = 1\n")
    try:
        return digest_in(root, function) != before
    finally:
        file.write_text(text)


@pytest.mark.parametrize(
    ("function", "reached", "not_reached"),
    [
        (
            by_segment,
            [
                "pipelines/settings.py",
                "pipelines/margins.py",
                "pipelines/operator_files.py",
                "pipelines/periods.py",
                "pipelines/nps/counting/cells.py",
                "pipelines/statistics/score.py",
            ],
            ["pipelines/nps/alarm.py", "pipelines/statistics/bg_nbd.py", "pipelines/publish.py"],
        ),
        (
            customer_base.model_of,
            ["pipelines/statistics/maximum_likelihood.py", "pipelines/statistics/gamma_gamma.py"],
            ["pipelines/statistics/score.py", "pipelines/value/models.py"],
        ),
        (
            conform,
            ["pipelines/core/topics.py", "pipelines/core/scope.py", "pipelines/warehouse/write.py"],
            ["pipelines/raw/load.py", "pipelines/nps/by_segment.py"],
        ),
    ],
)
def test_the_modules_that_a_function_of_ours_reaches(copy, function, reached, not_reached):
    assert {name for name in reached if changed_by(copy, name, function)} == set(reached)
    assert {name for name in not_reached if changed_by(copy, name, function)} == set()


def test_the_copy_has_the_digests_of_the_installation(copy):
    assert digest_in(copy, by_segment, conform) == code_digest(by_segment, conform)
    assert len({code_digest(figure.compute) for figure in FIGURES}) > 15


@pytest.mark.slow
def test_every_module_reads_the_same_without_docstrings_and_comments(copy):
    """Of all our modules: rewritten by the parser, without a comment or docstring, they mean the same."""
    functions = [figure.compute for figure in FIGURES]
    before = digest_in(copy, *functions, conform)
    for file in (copy / "pipelines").rglob("*.py"):
        text = file.read_text()
        tree = ast.parse(text)
        for node in ast.walk(tree):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
                node.body[0].value.value = "Other words."
        file.write_text(ast.unparse(tree))
    assert digest_in(copy, *functions, conform) == before


def test_the_digest_of_sql_files_is_of_their_meaning(tmp_path):
    one, other = tmp_path / "a.sql", tmp_path / "b.sql"
    one.write_text("-- One.\nSELECT 1")
    other.write_text("SELECT  2")
    before = sql_digest([one, other])
    one.write_text("SELECT\n1 -- one\n")
    assert sql_digest([other, one]) == before
    one.write_text("SELECT 3")
    assert sql_digest([other, one]) != before


def test_a_table_is_defined_by_its_own_statement(tmp_path):
    (tmp_path / "sql" / "schema").mkdir(parents=True)
    ddl = tmp_path / "sql" / "schema" / "nps.sql"
    ddl.write_text(
        "CREATE TABLE nps.a (month DATE); -- a;\nCOMMENT ON TABLE nps.a IS 'It''s; a';\nCREATE TABLE nps.ab (b INT);"
    )
    assert table_definition("nps.a", tmp_path) == "CREATE TABLE nps.a(month DATE)"
    assert table_definition("nps.ab", tmp_path) == "CREATE TABLE nps.ab(b INT)"
    with pytest.raises(ValueError, match=r"nps\.sql creates no table nps\.b"):
        table_definition("nps.b", tmp_path)
    assert all(figure.table in table_definition(figure.table) for figure in BY_TABLE.values())
