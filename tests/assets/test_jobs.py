"""The jobs as Dagster runs them: rows written, what a run leaves behind, what stops it."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import duckdb
import pytest
from night import copied, hashes, land, rows, settings_for
from night import night as without_dagster
from shop_files import SHOP

from assets import resources
from assets.core import STALE_END, STALE_START
from assets.definitions import defs
from assets.metadata import key
from assets.notify import FROM_COMMAND_LINE
from assets.partitions import RANGE_END, RANGE_START, months_from_tags, range_tags
from assets.publish import PUBLISHED
from assets.sensors import after_success
from pipelines.figures import BY_TABLE, FIGURES, compute
from pipelines.periods import Window
from pipelines.settings import Settings
from pipelines.warehouse.lock import exclusive

PASSWORD = "correct-horse-battery"
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
AS_OF = "2025-03-31T12:00:00Z"


def at_home(home: Path, patched: pytest.MonkeyPatch) -> Settings:
    """The settings of a shop, which the jobs read from the environment."""
    for name, value in (("HOME", str(home)), ("AS_OF", AS_OF), ("SALT", "a salt for the tests")):
        patched.setenv(f"NORTHSTAR_{name}", value)
    return settings_for(home, as_of=AS_OF)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = at_home(tmp_path, monkeypatch)
    land(settings, SHOP)
    return settings


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def execute(
    name: str,
    instance: dg.DagsterInstance,
    months: Window | None = None,
    tags: dict[str, str] | None = None,
    **kwargs: object,
) -> dg.ExecuteInProcessResult:
    return (
        defs()
        .resolve_job_def(name)
        .execute_in_process(
            instance=instance,
            run_config=QUIET,
            raise_on_error=False,
            tags={**(range_tags(months) if months else {}), **(tags or {})},
            **kwargs,  # type: ignore[arg-type]
        )
    )


def all_months(instance: dg.DagsterInstance, run_id: str) -> Window:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return months_from_tags({RANGE_START: run.tags[STALE_START], RANGE_END: run.tags[STALE_END]})


def a_night(instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    ingested = execute("ingest", instance)
    assert ingested.success
    return execute("figures", instance, all_months(instance, ingested.run_id))


@dataclass(frozen=True)
class Night:
    """A shop's first night: its settings, Dagster's records, and the two runs."""

    shop: Settings
    instance: dg.DagsterInstance
    ingested: dg.ExecuteInProcessResult
    computed: dg.ExecuteInProcessResult


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """Of a shop whose messages go to an address with a password."""
    with pytest.MonkeyPatch.context() as patched, dg.DagsterInstance.ephemeral() as instance:
        shop = at_home(tmp_path_factory.mktemp("first"), patched)
        patched.setenv("NORTHSTAR_NOTIFY", f"json://shop:{PASSWORD}@127.0.0.1:9/hooks")
        land(shop, SHOP)
        ingested = execute("ingest", instance)
        assert ingested.success
        computed = execute("figures", instance, all_months(instance, ingested.run_id))
        patched.undo()
        yield Night(shop, instance, ingested, computed)


@pytest.fixture
def after(first: Night, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A copy of the shop after that night, at which jobs now work."""
    copied(first.shop, tmp_path)
    return at_home(tmp_path, monkeypatch)


def test_a_night_writes_rows_and_metadata(first: Night) -> None:
    shop, instance, result = first.shop, first.instance, first.computed
    assert result.success
    assert rows(shop, "SELECT count(*) FROM nps.by_period WHERE grain = 'month' AND stage = 'all'") == [(3,)]
    months = {e.partition for e in result.get_asset_materialization_events() if e.asset_key == key("nps.by_period")}
    assert months == {"2025-01-01", "2025-02-01", "2025-03-01"}
    [event] = instance.fetch_materializations(key("core.orders"), limit=1).records
    assert event.asset_materialization is not None
    metadata = event.asset_materialization.metadata
    assert metadata["dagster/row_count"].value == 6
    columns = metadata["dagster/column_schema"].value.columns
    assert columns[0].name == "order_id"
    assert columns[0].description
    assert "preview" in metadata


def test_no_personal_data_and_no_secret_in_anything_dagster_keeps(first: Night) -> None:
    shop, instance, result = first.shop, first.instance, first.computed
    run_ids = [run.run_id for run in instance.get_runs()]
    assert result.run_id in run_ids
    stored_text = "\n".join(str(entry) for run_id in run_ids for entry in instance.all_logs(run_id))
    assert "STEP_SUCCESS" in stored_text
    stored_text += "".join(f"{run.run_config}{run.tags}" for run in instance.get_runs())
    for secret in ("ann@example", "bob@example", "+49 151", "Lovely", shop.salt or "?", PASSWORD):
        assert secret not in stored_text
    for path in (shop.published_path, shop.warehouse_path, shop.vault_path):
        assert not [secret for secret in (shop.salt or "?", PASSWORD) if secret.encode() in path.read_bytes()]


@pytest.mark.slow
def test_a_late_record_recomputes_its_month_and_later_ones_in_one_run(
    shop: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NORTHSTAR_AS_OF", "2025-06-14T12:00:00Z")
    then = settings_for(shop.home, as_of="2025-06-14T12:00:00Z")
    without_dagster(then)
    tables = [figure.table for figure in FIGURES if not figure.newest_only]

    def months_before() -> dict[str, list[tuple[object, ...]]]:
        return {table: rows(then, f"SELECT * FROM {table} WHERE month < '2025-03-01' ORDER BY ALL") for table in tables}

    before = months_before()
    land(shop, {"late.csv": "response_id,responded_at,score,order_id\nz,2025-03-15T09:00:00Z,8,5\n"})
    result = a_night(instance)
    assert result.success
    written: dict[str, set[str | None]] = {}
    for event in result.get_asset_materialization_events():
        if event.partition:
            written.setdefault(".".join(event.asset_key.path), set()).add(event.partition)  # type: ignore[union-attr]
    stale = {"2025-03-01", "2025-04-01", "2025-05-01", "2025-06-01"}
    assert written == {figure.table: stale for figure in FIGURES}
    assert [run.job_name for run in instance.get_runs()] == ["figures", "ingest"]
    run_of = rows(
        then,
        f"SELECT table_name, CAST(month AS VARCHAR) FROM ops.computed WHERE run_id = '{result.run_id}' ORDER BY ALL",
    )
    assert {table: {month for name, month in run_of if name == table} for table in tables} == dict.fromkeys(
        tables, stale
    )
    assert months_before() == before
    assert before["nps.by_period"]
    # It takes the place of the same customer's answer of a week before, a detractor's.
    counts = "SELECT responses, promoters, passives FROM nps.by_period WHERE grain = 'month' AND stage = 'all'"
    assert rows(then, f"{counts} AND month = '2025-03-01'") == [(2, 1, 1)]


@pytest.mark.slow
def test_a_blocking_check_stops_every_way_of_publishing(after: Settings, instance: dg.DagsterInstance) -> None:
    shop = after
    before = shop.published_path.read_bytes()
    files = {path: path.stat().st_mtime_ns for path in (shop.published / "audiences").iterdir()}
    with duckdb.connect(str(shop.warehouse_path)) as broken:
        broken.execute("INSERT INTO core.orders SELECT * FROM core.orders LIMIT 1")
    for name in ("publish", "figures"):
        months = Window(date(2025, 2, 1), date(2025, 3, 1)) if name == "figures" else None
        result = execute(name, instance, months)
        assert not result.success
        failed = [event.step_key for event in result.get_step_failure_events()]
        assert "published__northstar" in failed
        assert shop.published_path.read_bytes() == before
    # Nor are the files with addresses written anew.
    assert {path: path.stat().st_mtime_ns for path in (shop.published / "audiences").iterdir()} == files
    assert {path.name for path in shop.published.iterdir()} == {"northstar.duckdb", "audiences"}


@pytest.mark.slow
def test_a_failing_asset_check_is_shown(shop: Settings, instance: dg.DagsterInstance) -> None:
    land(shop, {"bad.csv": "response_id,responded_at,score\n" + "\n".join(f"q{n},2025-01-01,99" for n in range(5))})
    result = execute("ingest", instance)
    assert result.success
    [evaluation] = [e for e in result.get_asset_check_evaluations() if e.check_name == "ops_files_rejected"]
    assert not evaluation.passed
    assert evaluation.severity == dg.AssetCheckSeverity.WARN
    assert evaluation.metadata["offending_rows"].value == 2


def test_selected_tables_alone(after: Settings, instance: dg.DagsterInstance) -> None:
    before = hashes(after)
    chosen = [key("nps.by_period"), PUBLISHED]
    result = execute("figures", instance, Window(date(2025, 1, 1), date(2025, 3, 1)), asset_selection=chosen)
    assert result.success
    assert {e.asset_key for e in result.get_asset_materialization_events()} == set(chosen)
    assert hashes(after) == before


@pytest.mark.slow
@pytest.mark.parametrize("chosen", [None, ["value.by_category", "value.at_risk", "nps.by_period"]], ids=["all", "some"])
def test_the_value_tables_of_a_run_are_made_in_one_walk(
    after: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch, chosen: list[str] | None
) -> None:
    before, walked = hashes(after), []
    reduced = compute.reduced

    def counted(reductions: list[Any], *arguments: Any) -> list[list[Any]]:
        walked.append(len(reductions))
        return reduced(reductions, *arguments)

    monkeypatch.setattr(compute, "reduced", counted)
    selection = {"asset_selection": [key(table) for table in chosen]} if chosen else {}
    result = execute("figures", instance, Window(date(2025, 1, 1), date(2025, 4, 1)), **selection)
    assert result.success
    of_value = [table for table in (chosen or BY_TABLE) if table.startswith("value.")]
    assert walked == [len(of_value)]
    assert hashes(after) == before


def context_of(instance: dg.DagsterInstance, result: dg.ExecuteInProcessResult) -> dg.RunStatusSensorContext:
    run = instance.get_run_by_id(result.run_id)
    assert run is not None
    event = next(e for e in result.all_events if e.event_type == dg.DagsterEventType.RUN_SUCCESS)
    return dg.build_run_status_sensor_context("after_success", event, instance, run)


@pytest.mark.usefixtures("after")
def test_figures_follow_an_ingest_and_publishing_follows_a_backfill(first: Night) -> None:
    instance, ingested = first.instance, first.ingested
    follow = after_success(context_of(instance, ingested))
    assert isinstance(follow, dg.RunRequest)
    assert follow.job_name == "figures"
    assert all_months(instance, ingested.run_id) == Window(date(2025, 1, 1), date(2025, 4, 1))
    assert {follow.tags[name] for name in range_tags(Window(date(2025, 1, 1), date(2025, 4, 1)))} == {
        "2025-01-01",
        "2025-03-01",
    }
    assert isinstance(after_success(context_of(instance, first.computed)), dg.SkipReason)
    only = execute(
        "figures", instance, Window(date(2025, 1, 1), date(2025, 2, 1)), asset_selection=[key("nps.by_period")]
    )
    follow = after_success(context_of(instance, only))
    assert isinstance(follow, dg.RunRequest)
    assert follow.job_name == "publish"


@pytest.mark.usefixtures("after")
@pytest.mark.parametrize(("selected", "follows"), [("value.revenue", True), ("published.northstar", False)])
def test_a_backfill_that_the_published_file_is_part_of_is_not_published_twice(
    first: Night, monkeypatch: pytest.MonkeyPatch, selected: str, follows: bool
) -> None:
    backfill = SimpleNamespace(asset_selection=[key("nps.by_period"), key(selected)])
    monkeypatch.setattr(dg.DagsterInstance, "get_backfill", lambda _, name: backfill if name == "b1" else None)
    month = Window(date(2025, 1, 1), date(2025, 2, 1))
    one = execute(
        "figures", first.instance, month, asset_selection=[key("nps.by_period")], tags={"dagster/backfill": "b1"}
    )
    assert isinstance(after_success(context_of(first.instance, one)), dg.RunRequest if follows else dg.SkipReason)


@pytest.mark.slow
def test_the_command_line_takes_the_next_step_itself(shop: Settings, instance: dg.DagsterInstance) -> None:
    result = (
        defs()
        .resolve_job_def("ingest")
        .execute_in_process(instance=instance, run_config=QUIET, tags={FROM_COMMAND_LINE: "ingest"})
    )
    assert isinstance(after_success(context_of(instance, result)), dg.SkipReason)


def test_a_run_waits_for_the_lock_and_a_killed_holder_frees_it(
    shop: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = threading.Event()

    def noted(*args: Any, on_wait: Callable[[str], None], **kwargs: Any) -> AbstractContextManager[None]:
        def wait(owner: str) -> None:
            on_wait(owner)
            waits.set()

        return exclusive(*args, on_wait=wait, **kwargs)

    monkeypatch.setattr(resources, "exclusive", noted)
    holding = (
        "import sys, time; from pathlib import Path; from pipelines.warehouse.lock import exclusive\n"
        "with exclusive(Path(sys.argv[1]), 'a long night', on_wait=print):\n print('held', flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", holding, str(shop.home / "lock")]
    done: list[float] = []

    def run() -> None:
        assert execute("ingest", instance).success
        done.append(time.monotonic())

    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            waiting = threading.Thread(target=run)
            waiting.start()
            assert waits.wait(timeout=120)
            assert not done
            assert not shop.warehouse_path.exists()
        finally:
            holder.kill()
        killed = time.monotonic()
        waiting.join(timeout=120)
    assert done
    assert done[0] - killed < 60
    logged = [str(entry.user_message) for run in instance.get_runs() for entry in instance.all_logs(run.run_id)]
    assert any("waiting for a long night" in line for line in logged)
