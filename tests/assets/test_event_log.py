"""Dagster's record of events with its files kept open: the same record, with few connections."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

import assets
from assets.event_log import OpenEventLog

CHECKS = 20


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copyfile(Path(assets.__file__).parent / "dagster.yaml", tmp_path / "dagster.yaml")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    return tmp_path


@dg.asset(check_specs=[dg.AssetCheckSpec(f"check_{number}", asset="checked") for number in range(CHECKS)])
def checked() -> dg.MaterializeResult:
    results = [dg.AssetCheckResult(passed=number > 0, check_name=f"check_{number}") for number in range(CHECKS)]
    return dg.MaterializeResult(metadata={"rows": 3}, check_results=results)


def recorded(instance: dg.DagsterInstance, run_id: str) -> Iterator[str]:
    for record in instance.all_logs(run_id):
        if record.dagster_event:
            yield record.dagster_event.event_type_value


def test_a_run_is_recorded_where_dagster_looks_with_few_connections(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3.dbapi2, "connect", lambda path, **rest: opened.append(path) or connect(path, **rest))
    with dg.DagsterInstance.get() as instance:
        assert isinstance(instance.event_log_storage, OpenEventLog)
        run = dg.materialize([checked], instance=instance)
        events = list(recorded(instance, run.run_id))
    folder = home / "history" / "runs"
    assert opened.count(str(folder / f"{run.run_id}.db")) == 1
    # To make its tables, to ask for some of them, and to keep; not for every check.
    assert opened.count(str(folder / "index.db")) < CHECKS / 2
    assert events.count("ASSET_CHECK_EVALUATION") == CHECKS
    assert run.success
    assert not list(folder.glob("*-wal"))

    # Dagster's own storage reads what it wrote.
    plain = SqliteEventLogStorage(str(folder))
    told = [entry.dagster_event for entry in plain.get_logs_for_run(run.run_id)]
    assert [event.event_type_value for event in told if event] == events
    assert plain.has_asset_key(dg.AssetKey("checked"))


def test_the_run_it_is_at_stays_open_and_earlier_ones_do_not(home: Path) -> None:
    with dg.DagsterInstance.get() as instance:
        first, second = (dg.materialize([checked], instance=instance).run_id for _ in range(2))
        waiting = {path.name for path in (home / "history" / "runs").glob("*-wal")}
        assert waiting == {"index.db-wal", f"{second}.db-wal"}
        assert list(recorded(instance, first)) == list(recorded(instance, second))
