"""Dagster's record of events with its files kept open: the same record, with few connections; which processes do so."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.local_compute_log_manager import LocalComputeLogManager
from dagster._core.storage.noop_compute_log_manager import NoOpComputeLogManager
from night import settings_for

from assets.event_log import OpenEventLog
from assets.in_process import instance_of
from pipelines.settings import Settings

CHECKS = 20


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in ("DAGSTER_HOME", "NORTHSTAR_HOME", "DAGSTER_DISABLE_TELEMETRY"):
        monkeypatch.setenv(name, "put back after the test")
    return settings_for(tmp_path)


@dg.asset(check_specs=[dg.AssetCheckSpec(f"check_{number}", asset="checked") for number in range(CHECKS)])
def checked() -> dg.MaterializeResult:
    results = [dg.AssetCheckResult(passed=number > 0, check_name=f"check_{number}") for number in range(CHECKS)]
    return dg.MaterializeResult(metadata={"rows": 3}, check_results=results)


def recorded(instance: dg.DagsterInstance, run_id: str) -> Iterator[str]:
    for record in instance.all_logs(run_id):
        if record.dagster_event:
            yield record.dagster_event.event_type_value


def test_a_run_is_recorded_where_dagster_looks_with_few_connections(
    shop: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3.dbapi2, "connect", lambda path, **rest: opened.append(path) or connect(path, **rest))
    with instance_of(shop, runs_here=True) as instance:
        assert isinstance(instance.event_log_storage, OpenEventLog)
        run = dg.materialize([checked], instance=instance)
        events = list(recorded(instance, run.run_id))
    folder = shop.dagster_home / "history" / "runs"
    assert opened.count(str(folder / f"{run.run_id}.db")) == 1
    # To make its tables, to ask for some of them, and to keep; not for every check.
    assert opened.count(str(folder / "index.db")) < CHECKS / 2
    assert events.count("ASSET_CHECK_EVALUATION") == CHECKS
    assert run.success
    assert not list(folder.glob("*-wal"))

    # Dagster's own storage reads what it wrote.
    plain = SqliteEventLogStorage(str(folder))
    events_read = [entry.dagster_event for entry in plain.get_logs_for_run(run.run_id)]
    assert [event.event_type_value for event in events_read if event] == events
    assert plain.has_asset_key(dg.AssetKey("checked"))


def test_the_run_it_is_at_stays_open_and_earlier_ones_do_not(shop: Settings) -> None:
    with instance_of(shop, runs_here=True) as instance:
        first, second = (dg.materialize([checked], instance=instance).run_id for _ in range(2))
        waiting = {path.name for path in (shop.dagster_home / "history" / "runs").glob("*-wal")}
        assert waiting == {"index.db-wal", f"{second}.db-wal"}
        assert list(recorded(instance, first)) == list(recorded(instance, second))


def test_the_files_are_kept_open_only_by_a_process_that_runs_the_jobs_itself(shop: Settings) -> None:
    # The webserver's live log of a run waits for a change of the run's file, which a file kept open puts off.
    with instance_of(shop) as of_the_servers:
        assert type(of_the_servers.event_log_storage) is SqliteEventLogStorage
        assert isinstance(of_the_servers.compute_log_manager, LocalComputeLogManager)
        with instance_of(shop, runs_here=True) as ours:
            assert isinstance(ours.event_log_storage, OpenEventLog)
            assert isinstance(ours.compute_log_manager, NoOpComputeLogManager)
            run = dg.materialize([checked], instance=ours)
            assert list(recorded(of_the_servers, run.run_id)) == list(recorded(ours, run.run_id))


def test_a_storage_that_the_operator_chose_is_used_everywhere(shop: Settings, tmp_path: Path) -> None:
    with instance_of(shop):
        pass
    module = LocalComputeLogManager.__module__
    logs = f"{{module: {module}, class: LocalComputeLogManager, config: {{base_dir: {tmp_path / 'logs'}}}}}"
    with (shop.dagster_home / "dagster.yaml").open("a") as chosen:
        chosen.write(f"storage: {{sqlite: {{base_dir: {tmp_path / 'records'}}}}}\ncompute_logs: {logs}\n")
    with instance_of(shop, runs_here=True) as instance:
        assert type(instance.event_log_storage) is SqliteEventLogStorage
        assert isinstance(instance.compute_log_manager, LocalComputeLogManager)
        dg.materialize([checked], instance=instance)
    assert list((tmp_path / "records").rglob("index.db"))
