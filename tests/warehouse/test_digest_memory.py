"""Digests are remembered for the very bytes of the program, and for nothing else."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from pipelines.nps.by_segment import by_segment
from pipelines.warehouse import code_digest as digests
from pipelines.warehouse import digest_memory
from pipelines.warehouse.code_digest import ROOT, code_digest, digest_of_modules
from pipelines.warehouse.digest_memory import remembered


@pytest.fixture(autouse=True)
def new_process(monkeypatch):
    """What this process has in memory is forgotten, and bytecode may be written."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    digest_memory._key.cache_clear()
    digest_memory._values.cache_clear()


def test_a_second_process_makes_nothing(tmp_path):
    file = tmp_path / "new" / "digests.json"
    assert remembered("a", lambda: [1, "x"], file) == [1, "x"]
    assert remembered("b", lambda: 2, file) == 2
    digest_memory._values.cache_clear()
    assert remembered("a", pytest.fail, file) == [1, "x"]
    assert remembered("b", pytest.fail, file) == 2
    assert file.stat().st_mode & 0o777 == 0o644
    assert [path.name for path in file.parent.iterdir()] == ["digests.json"]


@pytest.mark.parametrize("name", ["pipelines/nps/new.py", "sql/new/new.sql"])
def test_a_file_that_differs_by_a_byte_or_by_its_place_forgets_all(tmp_path, monkeypatch, name):
    file, root = tmp_path / "digests.json", tmp_path / "root"
    for folder in ("pipelines/nps", "sql/new"):
        (root / folder).mkdir(parents=True)
    monkeypatch.setattr(digest_memory, "ROOT", root)

    def now() -> str:
        digest_memory._key.cache_clear()
        digest_memory._values.cache_clear()
        return remembered("a", lambda: (root / name).read_text() if (root / name).exists() else "missing", file)

    assert now() == "missing"
    (root / name).write_text("a = 1")
    assert now() == "a = 1"
    (root / name).write_text("a = 2")
    assert now() == "a = 2"
    (root / name).rename(root / name.replace("new.", "other."))
    assert now() == "missing"


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"key": "of other files", "values": {"a": 1}}'])
def test_a_damaged_file_and_one_of_another_program_are_made_anew(tmp_path, text):
    file = tmp_path / "digests.json"
    file.write_text(text)
    assert remembered("a", lambda: 2, file) == 2
    assert json.loads(file.read_text())["values"] == {"a": 2}


def test_what_cannot_be_written_is_made_each_time(tmp_path, monkeypatch):
    file = tmp_path / "digests.json"
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert remembered("a", lambda: 1, file) == 1
    assert not file.exists()
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "a file").write_text("")
    assert remembered("a", lambda: 1, tmp_path / "a file" / "digests.json") == 1


def test_files_that_change_while_a_digest_is_made_are_not_remembered(tmp_path, monkeypatch):
    hashes = iter(["before", "after"])
    monkeypatch.setattr(digest_memory, "_hash_of_sources", lambda: next(hashes))
    assert remembered("a", lambda: 1, tmp_path / "digests.json") == 1
    assert not (tmp_path / "digests.json").exists()


def test_the_digest_remembered_is_the_digest_of_the_files():
    """By another process, which knows only the file; and with every module read anew."""
    digests._own_modules.cache_clear()
    code_digest(by_segment)
    script = (
        "from pipelines.nps.by_segment import by_segment; from pipelines.warehouse import code_digest as digests\n"
        "digests._read = None; print(digests.code_digest(by_segment))"
    )
    printed = subprocess.check_output([sys.executable, "-c", script], text=True, cwd=ROOT).strip()
    reached = {name: digests._read(ROOT, name) for name in digests._own_modules()}
    assert reached == digests._own_modules()
    assert printed == digest_of_modules([by_segment.__module__], ROOT)
