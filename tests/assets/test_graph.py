"""The graph as the UI shows it: which assets exist, their groups, dependencies and partitions."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import dagster as dg
import duckdb
import pytest

from assets.audiences import AUDIENCES, PRIVATE
from assets.definitions import defs
from assets.nps import BENCHMARKS
from assets.partitions import MONTHS
from assets.raw import KINDS
from assets.report import CURRENT, REPORT
from pipelines.core.tables import TABLES
from pipelines.figures import FIGURES
from pipelines.figures.checks import checks
from pipelines.raw.kinds import read_kinds
from pipelines.warehouse.sql_files import statements

GRAPH = defs().resolve_asset_graph()
PUBLISHED = dg.AssetKey(["published", "northstar"])


def key(table: str) -> dg.AssetKey:
    return dg.AssetKey(table.split("."))


def test_groups_are_schemas() -> None:
    for asset in GRAPH.get_all_asset_keys():
        assert GRAPH.get(asset).group_name == asset.path[0]
        assert len(asset.path) == 2


def test_every_figure_follows_what_it_reads() -> None:
    for figure in FIGURES:
        assert GRAPH.get(key(figure.table)).parent_keys == {
            key(table) for table in (*figure.reads, *(other.table for other in figure.figures), *figure.beside)
        }


def test_core_follows_all_of_raw_and_publishing_follows_all() -> None:
    raw = {asset for asset in GRAPH.get_all_asset_keys() if asset.path[0] == "raw"}
    assert len(raw) == 10
    for table in TABLES:
        assert GRAPH.get(key(table)).parent_keys == raw
    assert GRAPH.get(PUBLISHED).parent_keys == {key(t) for t in TABLES} | {key(f.table) for f in FIGURES} | {
        key(BENCHMARKS)
    }


def test_figures_are_monthly_and_a_range_is_one_run() -> None:
    for figure in FIGURES:
        node = GRAPH.get(key(figure.table))
        assert node.partitions_def == MONTHS
        assert node.backfill_policy == dg.BackfillPolicy.single_run()
    others = set(GRAPH.get_all_asset_keys()) - {key(f.table) for f in FIGURES}
    assert all(GRAPH.get(asset).partitions_def is None for asset in others)


def test_the_open_month_is_a_partition() -> None:
    now = datetime.now(ZoneInfo(MONTHS.timezone))
    assert MONTHS.get_last_partition_key() == f"{now:%Y-%m}-01"


def test_every_check_of_sql_is_shown() -> None:
    shown = {(name.asset_key, name.name, GRAPH.get_check_spec(name).blocking) for name in GRAPH.asset_check_keys}
    # A log table that no asset writes (ops.computed) is checked when publishing alone.
    assets = GRAPH.get_all_asset_keys()
    of_files = {(AUDIENCES, PRIVATE, True), (REPORT, CURRENT, False)}
    assert shown == of_files | {(key(c.table), c.name, c.is_blocking) for c in checks() if key(c.table) in assets}
    assert {c.table for c in checks() if key(c.table) not in assets} == set()


def test_every_table_is_described() -> None:
    for asset in GRAPH.get_all_asset_keys():
        assert GRAPH.get(asset).description, asset


@pytest.mark.parametrize("name", ["ingest", "figures", "publish", "recheck", "rebuild", "rebuild_vault", "letter"])
def test_jobs_exist_and_run_in_one_process(name: str) -> None:
    job = defs().resolve_job_def(name)
    assert job.executor_def.name == "in_process"


def test_a_night_begins_at_two_by_default() -> None:
    schedule, letter = defs().schedules or []
    assert (letter.name, letter.default_status) == ("weekly_letter", dg.DefaultScheduleStatus.STOPPED)
    assert schedule.cron_schedule == "0 2 * * *"
    assert schedule.execution_timezone == MONTHS.timezone
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
    sensors = {sensor.name: sensor.default_status for sensor in defs().sensors or []}
    assert sensors == dict.fromkeys(("landing", "after_success", "after_failure"), dg.DefaultSensorStatus.RUNNING)


def test_one_raw_asset_a_kind_of_record() -> None:
    with duckdb.connect(":memory:") as connection:
        connection.execute("ATTACH ':memory:' AS vault; USE vault")
        connection.execute(statements("schema/raw.sql"))
        assert sorted(KINDS) == sorted(read_kinds(connection))


def test_a_check_that_compares_two_figures_runs_after_both() -> None:
    tables = {figure.table for figure in FIGURES}
    for figure in FIGURES:
        seen = {
            other
            for check in checks()
            if check.table == figure.table
            for other in tables - {figure.table}
            if re.search(rf"\b{re.escape(other)}\b", re.sub(r"--.*", "", check.statement))
        }
        assert seen <= {*figure.beside, *figure.tables}, figure.table
