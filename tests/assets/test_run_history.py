"""Old runs are deleted from Dagster's records, except those that show which months are computed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import sqlalchemy as sa
from night import settings_for

from assets.run_history import delete_old_runs

MONTHS = dg.StaticPartitionsDefinition(["2025-01", "2025-02"])


@dg.asset(partitions_def=MONTHS)
def figure(context: dg.AssetExecutionContext) -> None:
    context.log.info("computed")


@dg.asset
def core() -> None:
    pass


def test_old_runs_go_unless_a_month_was_computed_by_none_later(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, keep_runs_days=30)
    settings.dagster_home.mkdir()
    with dg.DagsterInstance.local_temp(str(settings.dagster_home)) as instance:
        runs = [
            dg.materialize([asset], instance=instance, partition_key=month).run_id
            for asset, month in (
                (figure, "2025-01"),
                (figure, "2025-02"),
                (core, None),
                (figure, "2025-02"),
                (core, None),
            )
        ]
        past = datetime.now(UTC) - timedelta(days=31)
        # The second run of 2025-02 is young, all others are old.
        for run in [*runs[:3], runs[4]]:
            with instance.run_storage.connect() as connection:  # type: ignore[attr-defined]
                connection.execute(
                    sa.text("UPDATE runs SET create_timestamp = :past WHERE run_id = :run"),
                    {"past": past.replace(tzinfo=None), "run": run},
                )
        unlimited = settings_for(tmp_path)
        assert delete_old_runs(instance, unlimited) == 0
        assert len(instance.get_runs()) == 5
        assert delete_old_runs(instance, settings) == 2
        assert {run.run_id for run in instance.get_runs()} == {runs[0], runs[3], runs[4]}
        assert instance.get_materialized_partitions(figure.key) == {"2025-01", "2025-02"}
        assert instance.get_latest_materialization_event(core.key).run_id == runs[4]  # type: ignore[union-attr]
        assert delete_old_runs(instance, settings) == 0
    gone = [path for run in (runs[1], runs[2]) for path in settings.dagster_home.rglob(f"{run}*")]
    assert gone == []
