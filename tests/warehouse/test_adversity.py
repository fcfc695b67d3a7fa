"""What can go wrong around a night: one clear message each, the published file untouched, a next night that is right.

Here: a full disk, folders that cannot be written, a landing folder that disappeared, a clock set back, a published file
that somebody holds open or writes to, a vault copied while it is written. Not here: kills (tests/assets/test_crash.py).
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from full_disk import AS_OF, NEWS
from night import hashes, ingest, land, night, rows, settings_for
from shop_files import SHOP
from warehouse.small_warehouse import python

from pipelines.obstacles import is_full, sentence
from pipelines.publish import publish
from pipelines.raw.load import LandingError
from pipelines.warehouse.connection import WarehouseError, opened
from pipelines.warehouse.lock import exclusive

TESTS = Path(__file__).parents[1]
# Of Linux: the layout of capabilities, and those by which root passes over the modes of files.
CAPABILITY_VERSION, OVERRIDE = 0x20080522, 0b1111


@pytest.fixture(scope="module")
def with_news(tmp_path_factory):
    """Hashes of a shop that got everything in one night."""
    settings = settings_for(tmp_path_factory.mktemp("clean") / "home", as_of=AS_OF)
    land(settings, SHOP | NEWS)
    night(settings)
    return hashes(settings)


@pytest.fixture
def shop(first_night, tmp_path):
    """A shop after one night."""
    shutil.copytree(first_night, tmp_path / "home")
    return settings_for(tmp_path / "home", as_of=AS_OF)


@pytest.fixture
def bound_by_modes():
    """Bind root to file permissions like everybody else, in this thread and those it starts."""
    if os.geteuid():
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    held = (ctypes.c_uint32 * 6)()
    assert libc.capget(header, held) == 0
    fewer = (ctypes.c_uint32 * 6)(*held)
    fewer[0] &= ~OVERRIDE
    assert libc.capset(header, fewer) == 0
    yield
    assert libc.capset(header, held) == 0


@pytest.mark.slow
def test_full_disk(tmp_path, with_news):
    """On a file system of its own, with less and less room: at every step of a night, and for a command of a shell."""
    name_space = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    try:
        subprocess.run([*name_space, "mount", "-t", "tmpfs", "none", "/mnt"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no mount name space may be made here")
    (tmp_path / "disk").mkdir()
    sizes = [200_000, 1_500_000, 6_000_000, 12_000_000]
    done = subprocess.run(
        [*name_space, sys.executable, TESTS / "full_disk.py", tmp_path / "disk", *map(str, sizes)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)
    home = tmp_path / "disk" / "home"
    begins, ends = f"There is no room left on the disk of {home} (", "the next run does what this one could not."
    for free, said, is_as_before in outcome["nights"]:
        assert said.startswith(begins), free
        assert said.endswith(ends)
        assert is_as_before
    code, said, is_as_before = outcome["command"]
    assert code == 1
    assert "Traceback" not in said
    assert said.splitlines()[-1].startswith(begins)
    assert is_as_before
    # The disk itself is read-only now.
    code, said, is_as_before = outcome["read_only"]
    assert code == 1
    assert "Traceback" not in said
    assert f"{home} cannot be written by" in said
    assert "(read-only file system)" in said
    assert is_as_before
    assert outcome["last"] is None
    assert outcome["after"] == with_news
    assert outcome["left"] == ["northstar.duckdb"]


@pytest.mark.slow
def test_no_room_to_spill_is_no_fault_of_the_file(shop):
    line = "s{n},2025-02-{day:02d}T10:00:00Z,{score},{text}\n"
    text = "response_id,responded_at,score,comment\n" + "".join(
        line.format(n=n, day=1 + n % 28, score=n % 11, text=f"{n:x}" * 60) for n in range(60_000)
    )
    land(shop, {"large.csv": text})
    with opened(shop) as connection:
        connection.execute("SET memory_limit = '40MB'; SET max_temp_directory_size = '1MB'; SET threads = 1")
        with pytest.raises(duckdb.Error) as caught:
            ingest(connection, shop)
        assert is_full(caught.value)
        assert str(sentence(str(caught.value), shop)).startswith("There is no room left on the disk of ")
        assert connection.sql("SELECT count(*) FROM vault.raw.files WHERE status <> 'loaded'").fetchall() == [(0,)]
    with opened(shop) as connection:
        ingest(connection, shop)
        assert connection.sql("SELECT count(*) FROM core.responses").fetchall() == [(60_006,)]


@pytest.mark.first(1)
@pytest.mark.usefixtures("bound_by_modes")
@pytest.mark.parametrize("which", ["home", "published"])
def test_folder_that_cannot_be_written(shop, with_news, which):
    before = hashes(shop)
    land(shop, NEWS)
    folder = getattr(shop, which)
    folder.chmod(0o555)
    try:
        with pytest.raises((OSError, duckdb.Error, WarehouseError)) as caught:
            night(shop)
        said = sentence(str(caught.value), shop)
        assert said is not None
        assert said.startswith(f"{folder} cannot be written by ")
        assert "(permission denied)" in said
        assert hashes(shop) == before
    finally:
        folder.chmod(0o755)
    assert sentence(str(caught.value), shop) is None  # it is not to be guessed
    night(shop)
    assert hashes(shop) == with_news


@pytest.mark.parametrize("text", ["Catalog Error: Table with name x does not exist!", "", "broken"])
def test_other_errors_are_not_explained_away(shop, text):
    assert sentence(text, shop) is None


def test_a_landing_folder_that_disappeared(shop, with_news, tmp_path):
    before = hashes(shop)
    shop.landing.rename(tmp_path / "elsewhere")
    with pytest.raises(LandingError) as caught:
        night(shop)
    assert str(caught.value) == (
        f"The landing folder {shop.landing} is not there any longer: mount it or make it again, or correct "
        "NORTHSTAR_LANDING. Nothing was loaded, and the published file is as it was."
    )
    assert hashes(shop) == before
    # What an unmounted folder looks like: nothing is taken back, and the run says what it sees.
    shop.landing.mkdir()
    loaded, conformed = night(shop)
    assert loaded.problems == (
        f"The landing folder {shop.landing} is empty, and files came from there before: is it mounted?",
    )
    assert conformed.changes == []
    assert hashes(shop) == before
    shop.landing.rmdir()
    (tmp_path / "elsewhere").rename(shop.landing)
    land(shop, NEWS)
    loaded, _ = night(shop)
    assert loaded.problems == ()
    assert hashes(shop) == with_news


def test_a_shop_that_has_no_landing_folder_yet_is_no_problem(tmp_path):
    settings = settings_for(tmp_path, as_of=AS_OF)
    loaded, _ = night(settings)
    assert (loaded.files, loaded.problems) == ({}, ())


@pytest.mark.slow
def test_a_clock_set_back_is_reported_and_figures_show_what_had_happened_by_then(shop, tmp_path):
    then = "2025-02-15T12:00:00+00:00"
    back = settings_for(shop.home, as_of=then)
    with opened(back) as connection:
        ingest(connection, back)
        said = publish(connection, back).warnings
        assert [line for line in said if "clock" in line] == [
            "The clock was set back: the file published before is as of 2025-03-31T12:00:00+00:00, "
            f"this one as of {then}."
        ]
        assert not [line for line in publish(connection, back).warnings if "clock" in line]
    night(back)
    clean = settings_for(tmp_path / "clean", as_of=then)
    land(clean, SHOP)
    night(clean)
    assert hashes(back) == hashes(clean)


@pytest.mark.usefixtures("bound_by_modes")
def test_the_published_file_opens_only_read_only(shop):
    assert shop.published_path.stat().st_mode & 0o777 == 0o444
    with pytest.raises(duckdb.IOException, match="Permission denied"):
        duckdb.connect(str(shop.published_path))
    assert rows(shop, "SELECT count(*) FROM core.responses") == [(6,)]
    assert [path.name for path in shop.published.iterdir()] == ["northstar.duckdb"]


WRITES = """
import duckdb, os, sys
connection = duckdb.connect(sys.argv[1])
connection.execute("CREATE TABLE mine AS SELECT 1 AS a")
print("written", flush=True)
sys.stdin.readline()
os._exit(0)
"""


@pytest.mark.slow
def test_published_file_that_somebody_writes_to_shuts_nobody_out(shop, with_news):
    """Root can; the journal it leaves fits the old file only, and DuckDB opens no file beside a foreign journal."""
    journal = shop.published_path.with_name("northstar.duckdb.wal")
    shop.published_path.chmod(0o644)
    writer = python(WRITES, shop.published_path, stdin=-1)
    try:
        assert writer.stdout.readline() == "written\n"
        assert journal.exists()
        land(shop, NEWS)
        night(shop)
        assert hashes(shop) == with_news
    finally:
        writer.communicate("\n", timeout=30)
    assert hashes(shop) == with_news
    assert not journal.exists()


LOADS = """
import sys, time
from pathlib import Path
from night import ingest, land, settings_for
from pipelines.warehouse.connection import opened
from pipelines.warehouse.lock import exclusive

settings = settings_for(Path(sys.argv[1]), as_of=sys.argv[2])
number = 0
while True:
    number += 1
    lines = "".join(f"x{number}-{n},2025-02-{1 + n % 28:02d}T10:00:00Z,{n % 11}\\n" for n in range(500))
    with exclusive(settings.home / "lock", "a night", on_wait=lambda _: None), opened(settings) as connection:
        land(settings, {f"{number}.csv": "response_id,responded_at,score\\n" + lines})
        ingest(connection, settings)
    print(number, flush=True)
    time.sleep(0.5)  # who waits for the lock asks ten times a second
"""
# A copy of the vault is one state: every file in the ledger has all its rows, and no row lacks its file.
TORN = """
SELECT file_id FROM (SELECT file_id, count(*) AS rows FROM vault.raw.responses GROUP BY file_id)
FULL JOIN (SELECT file_id, accepted FROM vault.raw.files WHERE kind = 'responses') USING (file_id)
WHERE rows IS DISTINCT FROM accepted
"""


def copied(settings, home, *, slowly):
    """A copy of the working files, as a person's `cp` makes it."""
    home.mkdir()
    for path in sorted(settings.home.glob("*.duckdb*")):
        with path.open("rb") as source, (home / path.name).open("wb") as target:
            while chunk := source.read(64 * 1024 if slowly else 2**20):
                target.write(chunk)
    return settings_for(home, as_of=AS_OF)


@pytest.mark.slow
def test_vault_copied_while_a_run_goes_on_is_one_state_or_says_so(shop, tmp_path):
    loader = python(LOADS, shop.home, AS_OF)
    opens, refused = 0, []
    try:
        assert loader.stdout.readline() == "1\n"
        for number in range(6):
            under_lock = number % 3 == 2
            if under_lock:  # as README tells a backup to be made
                with exclusive(shop.home / "lock", "a backup", on_wait=lambda _: None):
                    copy = copied(shop, tmp_path / f"copy{number}", slowly=False)
            else:
                copy = copied(shop, tmp_path / f"copy{number}", slowly=True)
            try:
                with opened(copy) as connection:
                    assert connection.sql(TORN).fetchall() == []
                    assert connection.sql("SELECT count(*) > 500 FROM vault.raw.responses").fetchall() == [(True,)]
                opens += under_lock
            except WarehouseError as error:
                assert not under_lock
                refused.append(str(error))
    finally:
        loader.kill()
        loader.communicate()
    assert opens == 2
    assert all("cannot be opened" in said and "If it is damaged: " in said for said in refused), refused
