"""The notebook of worked questions, run without a browser: every question it offers has its answer."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipelines.settings import Settings

NOTEBOOK = Path(__file__).parents[1] / "sql" / "notebook.py"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cells(simulated_year: Settings):
    """What the cells define, with the first question chosen."""
    spec = importlib.util.spec_from_file_location("notebook", NOTEBOOK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("NORTHSTAR_PUBLISHED", str(simulated_year.published))
        _, defined = module.app.run()
    yield defined
    defined["connection"].close()


def test_it_shows_the_first_question_and_offers_all(cells):
    files = sorted((NOTEBOOK.parent / "analysis").glob("*.sql"))
    assert len(cells["questions"]) == len(files)
    assert cells["chosen"].value == "Is the change in our score real?"
    assert cells["answer"].columns[:5] == ["month", "responses", "nps", "low", "high"]
    assert cells["answer"].height == 12
    for how_to_read, statement in cells["questions"].values():
        assert how_to_read.endswith(".")
        assert cells["connection"].sql(statement).fetchall()


def test_it_reaches_no_other_file(cells, tmp_path):
    with pytest.raises(duckdb.Error, match="disabled by configuration"):
        cells["connection"].execute(f"COPY nps.by_period TO '{tmp_path / 'copy.csv'}'")


def test_it_is_a_notebook_that_marimo_finds_nothing_wrong_with():
    done = subprocess.run(
        [sys.executable, "-m", "marimo", "check", "--strict", str(NOTEBOOK)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
