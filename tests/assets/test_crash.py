"""Whole nights in processes of their own: killed at any moment, two at once, and read from all the time.

Here: what the next night and the readers notice of it, which must be nothing. Not here: the lock alone
(tests/warehouse/test_lock.py), publishing alone (tests/test_publish.py). NORTHSTAR_TEST_KILLS: how many.
"""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from kills import check_published, kill_nights
from night import hashes, land, rows, settings_for
from night import night as night_without_dagster
from shop_files import SHOP

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

AS_OF = "2025-03-31T12:00:00Z"
NIGHTLY = (sys.executable, "-c", "from assets.cli import entry; entry()", "nightly")
KILLS = int(os.environ.get("NORTHSTAR_TEST_KILLS", "10"))


def pieces(parts: int) -> list[dict[str, str]]:
    """The small shop's rows in files of two, dealt out to some nights."""
    files = {}
    for name, text in SHOP.items():
        header, *lines = text.splitlines()
        for start in range(0, len(lines), 2):
            files[f"{start}/{name}"] = "\n".join([header, *lines[start : start + 2], ""])
    names = sorted(files)
    random.Random(7).shuffle(names)
    return [{name: files[name] for name in names[part::parts]} for part in range(parts)]


def start(home: Path) -> subprocess.Popen[str]:
    environment = {"NORTHSTAR_HOME": str(home), "NORTHSTAR_AS_OF": AS_OF, "NORTHSTAR_SALT": "a salt for the tests"}
    return subprocess.Popen(
        NIGHTLY,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def nightly(home: Path) -> str:
    """Run one night to its end and give what it said."""
    process = start(home)
    try:
        _, said = process.communicate(timeout=240)
    finally:
        process.kill()
    assert process.returncode == 0, said
    return said


def twin(folder: Path, parts: int) -> dict[str, str]:
    """Hashes of a shop that got the same rows at once, in one night that nobody disturbed."""
    settings = settings_for(folder, as_of=AS_OF)
    for part in pieces(parts):
        land(settings, part)
    night_without_dagster(settings)
    return hashes(settings)


def test_a_night_killed_at_any_moment_leaves_nothing_to_wait_for_and_nothing_wrong(tmp_path: Path) -> None:
    """Kills at random over a night's length, some on top of what the kill before left, and never a wait."""
    kill_nights(tmp_path, KILLS)


READS = """
import os, sys, time
import duckdb

path, until = sys.argv[1], sys.argv[2]
files, opened, last = set(), 0, False
while not last:
    last = os.path.exists(until)
    files.add(os.stat(path).st_ino)
    reader = duckdb.connect(path, read_only=True)
    for table in ("core.responses", "core.orders", "nps.by_period", "value.promoter_value", "ops.files"):
        reader.sql(f"SELECT count(*), min(t) FROM {table} AS t").fetchall()
    [(months,)] = reader.sql("SELECT count(DISTINCT period_start) FROM nps.by_period WHERE grain = 'month'").fetchall()
    assert months == 3, months
    reader.close()
    opened += 1
    if opened == 1:
        print("reads", flush=True)
    time.sleep(0.05)
print(opened, len(files), flush=True)
os._exit(0)
"""
HOLDS = """
import os, sys, time
import duckdb

path, until = sys.argv[1], sys.argv[2]
reader = duckdb.connect(path, read_only=True)
question = "SELECT count(*), sum(score) FROM core.responses"
before = reader.sql(question).fetchall()
print("reads", flush=True)
while not os.path.exists(until):
    assert reader.sql(question).fetchall() == before
    time.sleep(0.05)
print(before[0][0], flush=True)
os._exit(0)
"""


@pytest.fixture
def readers(tmp_path: Path) -> Iterator[list[subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        process.kill()
        process.communicate()


def test_readers_have_no_error_and_stop_no_publishing(
    first_night: Path, tmp_path: Path, readers: list[subprocess.Popen[str]]
) -> None:
    nights = 2
    shutil.copytree(first_night, tmp_path / "home")
    settings = settings_for(tmp_path / "home", as_of=AS_OF)
    until = tmp_path / "until"
    for script in (READS, HOLDS):
        command = [sys.executable, "-c", script, str(settings.published_path), str(until)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        readers.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "reads\n"
    for number in range(nights):
        before = settings.published_path.stat().st_ino
        answer = f"response_id,responded_at,score\nnew{number},2025-03-1{number}T09:00:00Z,{number}\n"
        land(settings, {f"new{number}.csv": answer})
        nightly(settings.home)
        assert settings.published_path.stat().st_ino != before
        assert rows(settings, f"SELECT score FROM core.responses WHERE response_id = 'new{number}'") == [(number,)]
    until.touch()
    loops, holds = (process.communicate(timeout=60) for process in readers)
    assert [process.returncode for process in readers] == [0, 0], (loops, holds)
    opened, files = map(int, loops[0].split())
    assert opened > files == nights + 1
    assert holds[0] == "6\n"


def test_two_nights_at_once_both_end_well(tmp_path: Path) -> None:
    """On a home that neither of them finds: both also make Dagster's folder and the warehouse."""
    settings = settings_for(tmp_path / "home", as_of=AS_OF)
    for part in pieces(1):
        land(settings, part)
    both = [start(settings.home) for _ in range(2)]
    said = [process.communicate(timeout=240)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    check_published(settings)
    assert hashes(settings) == twin(tmp_path / "twin", 1)
