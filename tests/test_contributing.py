"""CONTRIBUTING.md is right: its recipes are followed in a copy of the repository, and a night there shows each."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCK = re.compile(r'^```\w+ file=(\S+)(?: after="([^"]*)")?\n(.*?)^```$', re.DOTALL | re.MULTILINE)
ANSWERS = """Acme reply,Rated on,Likelihood to recommend,Mail,Remark
a1,2025-03-03T10:00:00Z,9,ann@example.com,Lovely gift wrapping!
a2,2025-03-04T10:00:00Z,3,bob@example.com,
"""
ORDERS = """order_id,ordered_at,total,currency,customer_email
o1,2025-03-01T10:00:00Z,20.00,EUR,ann@example.com
o2,2025-03-03T10:00:00Z,30.00,EUR,bob@example.com
o3,2025-03-10T10:00:00Z,10.00,EUR,bob@example.com
"""
# Runs in the copy: a night on the landed files, and what a reader of the published file sees.
NIGHT = """
import json, sys
from pathlib import Path
from night import night, rows, settings_for
from pipelines.figures.checks import checks
from pipelines.figures import FIGURES
import pipelines
settings = settings_for(Path(sys.argv[1]), as_of="2025-03-20T12:00:00Z")
night(settings)
print(json.dumps({
    "where": str(Path(pipelines.__file__).parents[1]),
    "answers": rows(settings, "SELECT response_id, score FROM core.responses ORDER BY ALL"),
    "segments": rows(settings, "SELECT segment, responses, nps FROM nps.by_segment WHERE grain = 'month' "
        "AND stage = 'all' AND dimension = 'weekday' ORDER BY ALL"),
    "topics": rows(settings, "SELECT response_id, topic FROM core.response_topics ORDER BY ALL"),
    "figure": rows(settings, "SELECT CAST(month AS VARCHAR), weekday, orders FROM value.weekdays ORDER BY ALL"),
    "checks": [check.name for check in checks() if check.table == "value.weekdays"],
    "assets": [figure.table for figure in FIGURES if figure.table == "value.weekdays"],
}))
"""


def follow(copy: Path) -> list[str]:
    """Write every block of the recipes into the copy; the files touched."""
    blocks = BLOCK.findall(CONTRIBUTING)
    for name, after, text in blocks:
        file = copy / name
        present = file.read_text(encoding="utf-8") if file.exists() else ""
        if after:
            assert present.count(f"{after}\n") == 1, (name, after)
            file.write_text(present.replace(f"{after}\n", f"{after}\n{text}"), encoding="utf-8")
        else:
            file.write_text(present + text, encoding="utf-8")
    return [name for name, _, _ in blocks]


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The repository's code with all recipes followed."""
    root = tmp_path_factory.mktemp("copy")
    for name in ("assets", "pipelines", "sql"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    assert len(follow(root)) == 8
    return root


def run(copy, *arguments):
    """A Python program that imports the copy's packages and the tests' helpers."""
    environment = os.environ | {"PYTHONPATH": f"{copy}{os.pathsep}{ROOT / 'tests'}"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def seen(copy, tmp_path_factory):
    """What a night in the copy publishes."""
    home = tmp_path_factory.mktemp("home")
    (home / "landing").mkdir()
    (home / "landing" / "acme.csv").write_text(ANSWERS)
    (home / "landing" / "orders.csv").write_text(ORDERS)
    done = run(copy, "-c", NIGHT, str(home))
    assert done.returncode == 0, done.stderr
    published = json.loads(done.stdout.splitlines()[-1])
    assert published["where"] == str(copy)
    return published


def test_the_vendor_is_read(seen):
    assert seen["answers"] == [["acme:a1", 9], ["acme:a2", 3]]


def test_the_dimension_has_segments(seen):
    assert seen["segments"] == [["Monday", 1, 100.0], ["Tuesday", 1, -100.0]]


def test_the_topic_is_found(seen):
    assert seen["topics"] == [["acme:a1", "gift_wrapping"]]


def test_the_figure_is_computed_and_has_its_checks(seen):
    assert seen["figure"] == [["2025-03-01", 1, 2], ["2025-03-01", 6, 1]]
    assert seen["checks"] == ["value_weekdays_computed", "value_weekdays_range", "value_weekdays_unique"]
    assert seen["assets"] == ["value.weekdays"]


def test_the_recipes_pass_the_linter(copy):
    shutil.copy(ROOT / "pyproject.toml", copy)
    python = sorted({name for name, _, _ in BLOCK.findall(CONTRIBUTING) if name.endswith(".py")})
    for command in (("check",), ("format", "--check")):
        done = run(copy, "-m", "ruff", *command, *python)
        assert done.returncode == 0, done.stdout


def test_the_commands_and_files_named_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = re.findall(r"^make (.*?)(?:\s+#.*)?$", CONTRIBUTING, re.MULTILINE)
    targets = {word for command in commands for word in command.split("ARGS=")[0].split()}
    assert {"install-test", "test", "test-all", "lint"} <= targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    for tool in re.findall(r"entry: \.venv/bin/(\w+)", hooks):
        assert shutil.which(tool, path=str(Path(sys.executable).parent)), tool


def test_the_layers_are_those_the_tests_hold():
    from tests.test_repository import LAYERS

    [shown] = re.findall(r"^    publish, report > (?:.+\n)+", CONTRIBUTING, re.MULTILINE)
    layers = [{name.strip() for name in names.split(",")} for names in shown.split(">")]
    # Layers that later releases fill are not shown yet.
    real = [names & {path.stem for path in (ROOT / "pipelines").iterdir()} for names in LAYERS]
    assert layers == [names for names in real if names]
