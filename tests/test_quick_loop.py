"""What `make test` proves, whatever is left to `make test-all`.

Here: that the proofs of a night, a backfill, an erasure and a kill are in the quick loop, and what `make` runs. Not
here: that it executes every module, which is measured (tests/floor.py).
"""

from __future__ import annotations

import ast
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CLI = "tests/assets/test_cli.py"
PROOFS = {
    "a night": (CLI, "test_a_night_again_is_quiet_and_changes_nothing"),
    "a backfill": (CLI, "test_backfill_publishes_and_shows_its_steps_without_the_help_of_another_process"),
    "an erasure": (CLI, "test_erase_forgets_names_the_landing_files_and_leaves_no_record"),
    "a kill": (CLI, "test_a_killed_night_leaves_what_was_published_and_the_next_one_completes_it"),
}


@pytest.mark.parametrize("proof", PROOFS)
def test_the_quick_loop_has_a(proof: str) -> None:
    name, test = PROOFS[proof]
    module = ast.parse((ROOT / name).read_text(encoding="utf-8"))
    [function] = [node for node in module.body if isinstance(node, ast.FunctionDef) and node.name == test]
    marks = [*function.decorator_list, *(node for node in module.body if isinstance(node, ast.Assign))]
    assert [mark for mark in marks if "mark.slow" in ast.unparse(mark)] == []


def made(target: str, *variables: str) -> list[list[str]]:
    """The calls of pytest that make would do, whatever the make that runs this was told."""
    bare = {name: value for name, value in os.environ.items() if name not in {"ARGS", "COVERAGE", "MAKEFLAGS"}}
    command = ["make", "--dry-run", target, *variables]
    done = subprocess.run(command, cwd=ROOT, env=bare, capture_output=True, text=True, check=True)
    return [line.split() for line in done.stdout.splitlines() if "pytest" in line and "--numprocesses" in line]


def selected(call: list[str]) -> str:
    return " ".join(call[call.index("--no-loadscope-reorder") + 1 :])


def test_all_tests_are_the_quick_loop_and_then_the_rest() -> None:
    assert [selected(call) for call in made("test")] == ["-m 'not slow'"]
    assert [selected(call) for call in made("test-all")] == ["-m 'not slow'", "-m slow"]
    assert [selected(call) for call in made("test-all", "ARGS=tests/law")] == ["tests/law"]
    assert [call[1:4] for call in made("test", "COVERAGE=1")] == [["run", "-m", "pytest"]]
