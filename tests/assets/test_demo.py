"""The demo is another shop: a home of its own, found by a newcomer, and a way out where one is mixed with a shop."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import dagster as dg
import pytest
from night import hashes, ingest, land, night, rows, settings_for
from shop_files import SHOP

from assets import demo
from assets.in_process import Problem
from assets.metadata import key
from pipelines.figures import FIGURES
from pipelines.ops.simulated_shop import EARLIER_SETTINGS, SET_ASIDE, loaded
from pipelines.settings import Settings
from pipelines.simulate import simulate
from pipelines.warehouse.connection import opened

SMALL = (
    "from assets import demo; demo.CUSTOMERS, demo.MONTHS = 60, 4; import sys; sys.argv[0] = 'northstar'; "
    "from assets.cli import entry; entry()"
)
AS_OF = "2025-03-31T12:00:00Z"
SAYS = "this is a simulated shop; put your exports in data/landing and run make run again"
MONTHS = ["2024-12-01", "2025-01-01", "2025-02-01", "2025-03-01"]
Call = Callable[..., "subprocess.CompletedProcess[str]"]


def call(place: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a command in a folder, as a newcomer does, with a small demo."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("NORTHSTAR_", "DAGSTER_"))}
    return subprocess.run(
        [sys.executable, "-c", SMALL, *arguments],
        cwd=place,
        env={**inherited, "NORTHSTAR_AS_OF": AS_OF, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `northstar run` has found nothing to load, with settings of a shop to come."""
    folder = tmp_path_factory.mktemp("newcomer")
    done = call(
        folder, "run", NORTHSTAR_PUBLISHED=str(folder / "for analysts"), NORTHSTAR_CURRENCY="USD",
        NORTHSTAR_SALT="the salt of the shop",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert (lines[0], lines[-1]) == (SAYS, SAYS)
    assert f"exports go to    {folder / 'data' / 'landing'}" in lines
    assert "€" in done.stdout
    return folder


@pytest.mark.slow
def test_the_shop_s_home_stays_as_it_was(place: Path) -> None:
    assert sorted(path.name for path in place.iterdir()) == ["data", "demo"]
    assert [path.relative_to(place).as_posix() for path in (place / "data").rglob("*")] == ["data/landing"]
    assert (place / "demo" / "published" / "northstar.duckdb").exists()


@pytest.mark.slow
def test_no_month_of_the_demo_lacks_data(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(home=place / "demo")
    assert settings.first_month == date(2024, 12, 1)
    assert rows(settings, "SELECT min(order_date) >= '2024-12-01' FROM core.orders") == [(True,)]
    monkeypatch.setenv("DAGSTER_HOME", str(settings.dagster_home))
    with dg.DagsterInstance.get() as instance:
        computed = {one.table: sorted(instance.get_materialized_partitions(key(one.table))) for one in FIGURES}
    assert {table: months for table, months in computed.items() if months != MONTHS} == {}


@pytest.mark.slow
def test_commands_find_the_demo_and_say_what_it_is(place: Path) -> None:
    done = call(place, "status")
    assert f"home             {place / 'demo'}" in done.stdout
    assert done.stdout.splitlines()[-1] == SAYS
    assert done.stderr == f"{SAYS}\n"
    assert call(place, "why", "2025-02").stderr == f"{SAYS}\n"
    again = call(place, "run")
    assert (again.returncode, again.stdout.splitlines()[-1]) == (0, SAYS)


def test_what_belongs_to_the_shop_goes_to_the_shop(place: Path, tmp_path: Path) -> None:
    """A format drafted before the first export lands is the shop's."""
    unknown = tmp_path / "unknown.csv"
    unknown.write_text("Ticket,When,Rating,Mail\nT1,2026-01-31 14:05,9,anna@shop.example\n")
    assert f"saved as {place / 'data' / 'formats'}" in call(place, "explain", str(unknown), "--save", "desk").stdout
    shutil.rmtree(place / "data" / "formats")


@pytest.mark.slow
def test_own_files_in_the_demo_are_named(place: Path) -> None:
    own = place / "demo" / "landing" / "ours.csv"
    own.write_text("response_id,responded_at,score,customer_email\nz,2025-02-25T09:00:00Z,6,cat@shop.test\n")
    try:
        done = call(place, "run")
        assert done.stdout.splitlines()[-1].startswith("ours.csv in demo/landing is counted together with")
        refused = call(place, "remove-demo", NORTHSTAR_HOME="demo")
        assert refused.returncode == 1
        assert refused.stderr == f"{place / 'demo'} is the demo's own home: move your exports to data/landing.\n"
    finally:
        own.unlink()


@pytest.mark.slow
def test_the_first_export_is_loaded_into_the_shop(place: Path, tmp_path: Path) -> None:
    shutil.copytree(place / "demo", tmp_path / "demo")
    settings = settings_for(tmp_path / "data")
    land(settings, SHOP)
    done = call(tmp_path, "run")
    assert done.returncode == 0, done.stderr
    assert "simulated" not in done.stdout + done.stderr
    assert "NPS of February 2025: 50.0" in done.stdout
    assert rows(Settings(home=tmp_path / "data"), "SELECT count(*) FROM core.orders") == [(6,)]
    # Files that are gone from the landing folder do not bring the demo back.
    shutil.rmtree(settings.landing)
    settings.landing.mkdir()
    assert f"home             {tmp_path / 'data'}" in call(tmp_path, "status").stdout
    assert "simulated" not in call(tmp_path, "run").stdout


def test_a_folder_that_is_in_use_is_not_simulated_in(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "letter.txt").write_text("Dear all")
    done = call(tmp_path, "run")
    assert done.returncode == 1
    assert "holds something else" in done.stderr
    assert [path.name for path in (tmp_path / "demo").iterdir()] == ["letter.txt"]


def simulated(settings: Settings, folder: str = "") -> list[Path]:
    """What an earlier version of `northstar run` wrote into the landing folder and the home."""
    out = settings.landing / folder
    files = simulate(
        out, customers=60, months=4, seed=1, end=date(2025, 4, 1), truth=settings.home / "simulated_truth.json"
    )
    settings.file_path.write_text(EARLIER_SETTINGS)
    return list(files.files)


def ingested(settings: Settings) -> None:
    with opened(settings) as connection:
        ingest(connection, settings)


def test_simulated_files_are_found_by_their_content_and_taken_out(tmp_path: Path) -> None:
    """Under other names, and beside a shop's own file in the same folder."""
    settings = settings_for(tmp_path / "data", as_of=AS_OF)
    files = simulated(settings)
    for number, path in enumerate(files):
        path.rename(settings.landing / f"{number}.txt")
    ingested(settings)
    found = loaded(settings)
    assert found is not None
    assert found.is_simulated
    assert len(found.simulated) == len(files)
    own = SHOP["orders.csv"]
    land(settings, {"orders.csv": own})
    ingested(settings)
    found = loaded(settings)
    assert found is not None
    assert found.is_mixed
    with opened(settings) as connection:
        doubts = connection.sql("SELECT doubt, subject FROM ops.doubts").fetchall()
    assert ("simulated_shop", "simulated shop") in doubts
    said = demo.remove(settings)
    assert len([line for line in said if line.startswith("moved    ")]) == len(files) + 2
    assert said[-1] == "as it is 1 files of your own"
    assert [path.name for path in settings.landing.rglob("*") if path.is_file()] == ["orders.csv"]
    assert (settings.landing / "orders.csv").read_text() == own
    with opened(settings) as connection:
        ingest(connection, settings)
        left = connection.sql(
            "SELECT (SELECT count(*) FROM core.orders), (SELECT count(*) FROM core.responses)"
        ).fetchall()
        assert left == [(6, 0)]
        assert connection.sql("SELECT doubt FROM ops.doubts").fetchall() == []
    with pytest.raises(Problem, match="No simulated shop was loaded"):
        demo.remove(settings)


@pytest.mark.slow
def test_a_mixed_home_says_so_and_is_cleaned_by_one_command(tmp_path: Path) -> None:
    clean = settings_for(tmp_path / "clean", as_of=AS_OF)
    land(clean, SHOP)
    night(clean)
    settings = settings_for(tmp_path / "data", as_of=AS_OF)
    files = simulated(settings)
    night(settings)
    assert rows(settings, "SELECT count(*) FROM ops.doubts") == [(0,)]
    land(settings, SHOP)
    salt = {"NORTHSTAR_SALT": "a salt for the tests"}
    done = call(tmp_path, "run", **salt)
    assert done.returncode == 0, done.stderr
    advice = "a simulated shop is counted together with your own exports: run northstar remove-demo"
    assert done.stdout.splitlines()[-1] == advice
    assert "note ops_doubts_simulated_shop" in done.stderr
    [(records,)] = rows(settings, "SELECT records FROM ops.doubts WHERE doubt = 'simulated_shop'")
    [(counted,)] = rows(settings, "SELECT count(*) FROM core.orders")
    assert counted > 6
    told = call(tmp_path, "status", **salt).stdout
    assert "in doubt         simulated_shop" in told
    assert told.splitlines()[-1] == advice

    own = {name: (settings.landing / name).read_bytes() for name in SHOP}
    done = call(tmp_path, "remove-demo", **salt)
    assert done.returncode == 0, done.stderr
    moved = [line for line in done.stdout.splitlines() if line.startswith("moved    ")]
    assert len(moved) == len(files) + 2
    first = files[0].relative_to(settings.landing)
    assert f"moved    data/landing/{first} to data/{SET_ASIDE}/{first}" in moved
    assert "as it is 5 files of your own" in done.stdout
    assert records > 200
    assert {name: (settings.landing / name).read_bytes() for name in SHOP} == own
    assert not any(path.exists() for path in files)
    assert not settings.file_path.exists()
    assert all((settings.home / SET_ASIDE / path.relative_to(settings.landing)).exists() for path in files)
    assert hashes(settings) == hashes(clean)
    assert rows(settings, "SELECT count(*), sum((status = 'loaded')::INT) FROM ops.files") == [(5, 5)]
    assert rows(settings, "SELECT count(*) FROM ops.doubts") == [(0,)]
    again = call(tmp_path, "remove-demo", **salt)
    assert again.returncode == 1
    assert "No simulated shop was loaded" in again.stderr


@pytest.mark.slow
def test_an_archive_with_both_is_left_to_its_owner(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "data", as_of=AS_OF)
    folder = tmp_path / "together"
    simulate(folder, customers=60, months=2, seed=1, end=date(2025, 4, 1))
    for name, content in SHOP.items():
        (folder / name).write_text(content)
    settings.landing.mkdir(parents=True)
    shutil.make_archive(str(settings.landing / "all"), "zip", folder)
    night(settings)
    done = call(tmp_path, "remove-demo", NORTHSTAR_SALT="a salt for the tests")
    assert done.returncode == 1
    assert "all.zip holds files of the simulated shop and your own" in done.stderr
    assert (settings.landing / "all.zip").exists()
