"""The landing sensor: when a look at the landing folder starts a load, and what makes it wait."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as sa
from night import land, settings_for

from assets import sensors
from assets.resources import NIGHT
from assets.sensors import landing
from pipelines.settings import Settings
from pipelines.warehouse.lock import exclusive

Look = Callable[[float], dg.RunRequest | str]
AddRun = Callable[[str, str, dg.DagsterRunStatus, float], None]
START = datetime.now(UTC)  # of each test, see now
ORDERS = "order_id,ordered_at,total\n"
TWICE = "first seen so: they are looked at again"
STARTED, SUCCESS, FAILURE = (dg.DagsterRunStatus[name] for name in ("STARTED", "SUCCESS", "FAILURE"))


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The minute 0 is when a test begins: the file system dates what it drops."""
    monkeypatch.setattr(sys.modules[__name__], "START", datetime.now(UTC))


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("NORTHSTAR_HOME", str(tmp_path))
    settings = settings_for(tmp_path)
    settings.landing.mkdir()
    return settings


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture
def look(shop: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> Look:
    """The sensor's look at a minute, with the cursor of the look before: the request, or why there is none."""
    cursor: str | None = None

    def looked(minute: float) -> dg.RunRequest | str:
        nonlocal cursor

        class Clock(datetime):
            @classmethod
            def now(cls, tz=None):  # type: ignore[no-untyped-def]
                return (START + timedelta(minutes=minute)).astimezone(tz)

        monkeypatch.setattr(sensors, "datetime", Clock)
        context = dg.build_sensor_context(instance=instance, cursor=cursor)
        outcome = landing(context)
        cursor = context.cursor
        # Names of files may tell of people; the cursor and the reasons are kept and shown.
        assert set(json.loads(cursor or "{}")) <= {"digest", "files", "since"}
        assert "anna" not in f"{cursor}{outcome}"
        if isinstance(outcome, dg.SkipReason):
            return str(outcome.skip_message)
        assert isinstance(outcome, dg.RunRequest)
        return outcome

    return looked


@pytest.fixture
def add_run(instance: dg.DagsterInstance) -> AddRun:
    """Note a run of a job that began, and ended if it has, at a minute."""

    def added(name: str, job: str, status: dg.DagsterRunStatus, minute: float) -> None:
        instance.add_run(dg.DagsterRun(job_name=job, run_id=name, status=status))
        at = (START + timedelta(minutes=minute)).timestamp()
        with instance.run_storage.connect() as connection:  # type: ignore[attr-defined]
            connection.execute(
                sa.text("UPDATE runs SET start_time = :at, end_time = :ended WHERE run_id = :name"),
                {"at": at, "ended": None if status == STARTED else at, "name": name},
            )

    return added


def drop(shop: Settings, name: str, rows: str = "") -> None:
    land(shop, {name: ORDERS + rows})


def test_files_that_are_the_same_at_two_looks_are_loaded_once(shop: Settings, look: Look, add_run: AddRun) -> None:
    assert look(0) == f"0 files, {TWICE}"
    assert look(1) == "the landing folder is empty"
    drop(shop, "anna@shop.example.csv")
    assert look(2) == f"1 files, {TWICE}"
    drop(shop, "anna@shop.example.csv", "1,2025-01-01,5\n")  # it grows: somebody is still writing
    assert look(3) == f"1 files, {TWICE}"
    request = look(4)
    assert isinstance(request, dg.RunRequest)
    night = (START + timedelta(minutes=4)).isoformat(timespec="seconds")
    assert (request.run_key, request.tags) == (night, {NIGHT: night})
    add_run("the load", "ingest", SUCCESS, 4.1)
    add_run("its figures", "figures", SUCCESS, 4.5)
    assert look(60) == "nothing came since run the load began to load"


def test_files_still_being_written_are_no_news(shop: Settings, look: Look) -> None:
    for name in ("anna.csv.part", "anna.csv.tmp", "anna.csv.crdownload", ".anna.csv"):
        drop(shop, name)
    assert look(0) == f"0 files, {TWICE}"
    assert look(1) == "the landing folder is empty"
    (shop.landing / "anna.csv.part").rename(shop.landing / "anna.csv")
    assert look(2) == f"1 files, {TWICE}"
    assert isinstance(look(3), dg.RunRequest)


def test_at_most_one_load_in_15_minutes_whoever_began_it(shop: Settings, look: Look, add_run: AddRun) -> None:
    add_run("nightly", "ingest", SUCCESS, 0)
    add_run("figures", "figures", SUCCESS, 1)
    assert look(0) == f"0 files, {TWICE}"
    drop(shop, "anna.csv")
    assert look(2) == f"1 files, {TWICE}"
    assert look(3) == "the last load began 3 minutes ago; one begins every 15 minutes at most"
    assert look(14.9) == "the last load began 15 minutes ago; one begins every 15 minutes at most"
    assert isinstance(look(15), dg.RunRequest)


@pytest.mark.parametrize("status", ["NOT_STARTED", "STARTING", "STARTED", "CANCELING"])
def test_never_beside_another_run(shop: Settings, look: Look, add_run: AddRun, status: str) -> None:
    drop(shop, "anna.csv")
    add_run("backfill-of-months", "figures", dg.DagsterRunStatus[status], 0)
    look(1)
    assert look(2) == "run backfill (figures) is not finished"
    # A run in the queue cannot be made without a daemon.
    assert dg.DagsterRunStatus.QUEUED in sensors.UNFINISHED


def test_never_beside_a_command_that_is_no_run(shop: Settings, look: Look) -> None:
    drop(shop, "anna.csv")
    look(1)
    with exclusive(shop.home / "lock", "northstar erase", on_wait=pytest.fail):
        reason = look(2)
        assert isinstance(reason, str)
        assert reason.startswith("northstar erase (process ")
        assert reason.endswith(" has the warehouse")
    assert isinstance(look(3), dg.RunRequest)


def test_never_between_the_two_runs_of_a_night(
    shop: Settings, look: Look, add_run: AddRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sensors, "SECONDS_BETWEEN_LOADS", 0)
    add_run("a long load", "ingest", SUCCESS, 1)
    drop(shop, "anna.csv")
    look(0)
    drop(shop, "bert.csv")
    look(2)
    assert look(3) == "the figures of run a long l come first"
    assert isinstance(look(6), dg.RunRequest)  # they never came
    add_run("figures", "figures", SUCCESS, 2)
    assert isinstance(look(3), dg.RunRequest)


def test_what_was_loaded_before_the_first_look_is_no_news(shop: Settings, look: Look, add_run: AddRun) -> None:
    drop(shop, "anna.csv")
    add_run("by command", "ingest", SUCCESS, 0.5)
    assert look(30) == f"1 files, {TWICE}"
    assert look(31) == "nothing came since run by comma began to load"


def test_what_lay_there_before_the_first_look_and_was_not_loaded_is(shop: Settings, look: Look) -> None:
    drop(shop, "anna.csv")
    look(30)
    assert isinstance(look(31), dg.RunRequest)


def test_files_that_go_are_no_news_and_others_are_though_moved_in_with_old_times(
    shop: Settings, look: Look, add_run: AddRun
) -> None:
    for name in ("anna.csv", "bert.csv"):
        drop(shop, name)
    look(0.1)
    add_run("a load", "ingest", FAILURE, 1)
    (shop.landing / "bert.csv").unlink()
    assert look(20) == f"1 files, {TWICE}"
    assert look(21) == "nothing came since run a load began to load"
    (shop.home / "old.csv").write_text(ORDERS)
    (shop.home / "old.csv").rename(shop.landing / "old.csv")
    assert look(40) == f"2 files, {TWICE}"
    assert isinstance(look(41), dg.RunRequest)


def test_a_killed_run_keeps_nothing_waiting(shop: Settings, look: Look, instance: dg.DagsterInstance) -> None:
    drop(shop, "anna.csv")
    look(0)
    instance.add_run(dg.DagsterRun(job_name="figures", run_id="1234abcd-killed", status=STARTED))
    hold = (
        "import sys, time; from pathlib import Path; from pipelines.warehouse.lock import exclusive\n"
        "with exclusive(Path(sys.argv[1]), 'run 1234abcd', on_wait=print):\n print(flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", hold, str(shop.home / "lock")], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            assert look(1) == "run 1234abcd (figures) is not finished"
        finally:
            process.kill()
    assert isinstance(look(2), dg.RunRequest)
    [run] = instance.get_runs()
    assert run.status == FAILURE
    log = "\n".join(str(entry) for entry in instance.all_logs(run.run_id))
    assert "run 1234abcd was killed while it had the warehouse; the landing sensor noticed." in log


def test_a_folder_that_is_not_there_or_cannot_be_listed_stops_nothing(
    shop: Settings, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(shop, "anna.csv")
    look(0)
    shop.landing.rename(shop.home / "away")
    assert look(1) == f"0 files, {TWICE}"
    assert look(2) == "the landing folder is empty"

    def refused(_: Path) -> None:
        raise PermissionError(13, "Permission denied", "anna")

    monkeypatch.setattr(sensors, "glance", refused)
    assert look(3) == "the landing folder cannot be listed: Permission denied"


def test_it_is_on_by_default_and_looks_every_minute() -> None:
    assert landing.default_status == dg.DefaultSensorStatus.RUNNING
    assert landing.minimum_interval_seconds == 60
    assert landing.job_name == "ingest"


def test_ten_thousand_files_are_looked_at_in_well_under_a_second(shop: Settings, look: Look) -> None:
    for folder in range(10):
        (shop.landing / str(folder)).mkdir()
        for number in range(1000):
            (shop.landing / str(folder) / f"{number}.csv").touch()
    assert look(0) == f"10000 files, {TWICE}"
    used = time.process_time()
    assert isinstance(look(1), dg.RunRequest)
    assert time.process_time() - used < 1
