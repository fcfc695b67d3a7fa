"""The history of runs that Dagster shows, and how long it is (NORTHSTAR_KEEP_RUNS_DAYS).

Here: deleting old runs with their events and logs. Not here: ticks of the schedule and the sensors (dagster.yaml), rows
of any table.
"""

from datetime import timedelta

import dagster as dg

from pipelines.settings import Settings

FINISHED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


def delete_old_runs(instance: dg.DagsterInstance, settings: Settings) -> int:
    """Delete finished runs older than the setting allows; returns how many.

    The newest run to have computed a month of a table stays: without it the asset graph would show the month as never
    computed.
    """
    if not settings.keep_runs_days:
        return 0
    before = settings.as_of - timedelta(days=settings.keep_runs_days)
    old = instance.get_run_records(dg.RunsFilter(statuses=FINISHED, created_before=before))
    still_shown = _newest_materializing(instance) if old else set()
    runs = [record.dagster_run.run_id for record in old if record.dagster_run.run_id not in still_shown]
    for run in runs:
        instance.delete_run(run)
        instance.compute_log_manager.delete_logs(prefix=[run])
        # delete_run empties the run's own database but leaves the file.
        for file in (settings.dagster_home / "history" / "runs").glob(f"{run}.db*"):
            file.unlink()
    return len(runs)


def _newest_materializing(instance: dg.DagsterInstance) -> set[str]:
    """Ids of the runs that hold the newest materialization of an asset or of one of its partitions."""
    runs = set()
    for key in instance.get_asset_keys():
        event = instance.get_latest_materialization_event(key)
        if event is not None:
            runs.add(event.run_id)
        parts = instance.get_latest_storage_id_by_partition(key, dg.DagsterEventType.ASSET_MATERIALIZATION)
        if parts:
            newest = dg.AssetRecordsFilter(asset_key=key, storage_ids=list(parts.values()))
            runs |= {record.run_id for record in instance.fetch_materializations(newest, limit=len(parts)).records}
    return runs
