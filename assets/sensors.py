"""What follows a successful run.

Here: figures after a run that changed core, and publishing after a run that computed figures and did not publish,
such as a backfill from the asset graph. Not here: runs of the command line, which take both steps themselves.
"""

import dagster as dg

from assets.core import STALE_END, STALE_START
from assets.jobs import figures, publish
from assets.notify import FROM_COMMAND_LINE
from assets.partitions import RANGE_END, RANGE_START
from assets.publish import PUBLISHED
from assets.resources import NIGHT


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    request_jobs=[figures, publish],
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=15,
)
def after_success(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
    """Recompute the stale months after an ingest, publish after a backfill that did not."""
    run = context.dagster_run
    if FROM_COMMAND_LINE in run.tags:
        return dg.SkipReason("the command line takes the next step itself")
    events = context.instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)
    written = {record.asset_key for record in events.records if record.asset_key}
    night = {NIGHT: run.tags[NIGHT]} if NIGHT in run.tags else {}
    if STALE_START in run.tags:
        months = {RANGE_START: run.tags[STALE_START], RANGE_END: run.tags[STALE_END]}
        return dg.RunRequest(job_name=figures.name, run_key=run.run_id, tags=night | months)
    if PUBLISHED in written or not any(key.path[0] in {"core", "nps", "value"} for key in written):
        return dg.SkipReason("published already, or nothing to publish")
    return dg.RunRequest(job_name=publish.name, run_key=run.run_id, tags=night)
