"""Dagster's record of events with its files kept open: the same record, with few connections; which processes do so."""

import sqlite3
import sys
import warnings
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import sqlalchemy
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.local_compute_log_manager import LocalComputeLogManager
from dagster._core.storage.noop_compute_log_manager import NoOpComputeLogManager
from night import settings_for
from sqlalchemy import event

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


@pytest.mark.slow
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


MONTHS = dg.MonthlyPartitionsDefinition(start_date="2024-01-01", end_date="2025-01-01")


def by_month() -> dg.AssetsDefinition:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        policy = dg.BackfillPolicy.single_run()

    @dg.asset(partitions_def=MONTHS, backfill_policy=policy, check_specs=[dg.AssetCheckSpec("whole", asset="monthly")])
    def monthly(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        for number, month in enumerate(context.partition_keys):
            context.add_asset_metadata({"dagster/partition_row_count": number}, partition_key=month)
        return dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=True, check_name="whole")])

    return monthly


INDEX = {
    "events": "SELECT dagster_event_type, asset_key, partition, step_key, run_id = ? FROM event_logs ORDER BY id",
    "tags": """SELECT t.asset_key, t.key, e.partition, e.dagster_event_type, e.run_id = ?
        FROM asset_event_tags AS t JOIN event_logs AS e ON e.id = t.event_id ORDER BY e.id""",
    "assets": """SELECT asset_key, last_materialization LIKE '%' || last_run_id || '%', last_run_id = ?
        FROM asset_keys""",
    "checks": """SELECT c.asset_key, check_name, c.partition, execution_status, e.dagster_event_type, c.run_id = ?
        FROM asset_check_executions AS c JOIN event_logs AS e ON e.id = c.evaluation_event_storage_id ORDER BY c.id""",
}


def year_in_one_run(home: Path, *, runs_here: bool) -> tuple[dict[str, Any], int]:
    """Compute a year: what is recorded but for ids and times, and in how many transactions."""
    commits: list[object] = []
    note = commits.append
    with instance_of(settings_for(home), runs_here=runs_here) as instance:
        event.listen(sqlalchemy.Engine, "commit", note)
        try:
            tags = {
                "dagster/asset_partition_range_start": "2024-01-01",
                "dagster/asset_partition_range_end": "2024-12-01",
            }
            run = dg.materialize([by_month()], instance=instance, tags=tags)
        finally:
            event.remove(sqlalchemy.Engine, "commit", note)
        asset = dg.AssetKey("monthly")
        newest = instance.get_latest_materialization_event(asset)
        held: dict[str, Any] = {
            "rows by month": sorted(
                (record.partition_key, record.asset_materialization.metadata["dagster/partition_row_count"].value)
                for record in instance.fetch_materializations(asset, limit=100).records
                if record.asset_materialization
            ),
            "newest": newest and newest.asset_materialization and newest.asset_materialization.partition,
            "months": sorted(instance.get_materialized_partitions(asset)),
            "log": list(recorded(instance, run.run_id)),
        }
    with closing(sqlite3.connect(settings_for(home).dagster_home / "history" / "runs" / "index.db")) as index:
        held |= {name: index.execute(query, [run.run_id]).fetchall() for name, query in INDEX.items()}
    return held, len(commits)


def test_events_written_together_are_those_that_dagster_writes_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DAGSTER_HOME", "NORTHSTAR_HOME", "DAGSTER_DISABLE_TELEMETRY"):
        monkeypatch.setenv(name, "put back after the test")
    monkeypatch.delenv("DAGSTER_EVENT_BATCH_SIZE", raising=False)
    plain, one_by_one = year_in_one_run(tmp_path / "plain", runs_here=False)
    ours, together = year_in_one_run(tmp_path / "ours", runs_here=True)
    assert ours == plain
    assert ours["rows by month"] == [(f"2024-{number + 1:02}-01", number) for number in range(12)]
    assert ours["months"] == [month for month, _ in ours["rows by month"]]
    # The 12 planned and the 12 computed months, each twice: in the index and in the run's file.
    assert together < one_by_one - 40


def test_a_batch_of_other_events_is_written_as_dagster_does(shop: Settings) -> None:
    with instance_of(shop, runs_here=True) as instance:
        run = dg.materialize([checked], instance=instance)
        written = list(recorded(instance, run.run_id))
        entries = [record for record in instance.all_logs(run.run_id) if record.dagster_event]
        instance.event_log_storage.store_event_batch(entries[:3])
        assert list(recorded(instance, run.run_id)) == [*written, *written[:3]]


def test_another_dagster_without_these_private_parts_keeps_its_own_storage(
    shop: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "assets.event_log", None)
    with instance_of(shop, runs_here=True) as instance:
        assert type(instance.event_log_storage) is SqliteEventLogStorage
