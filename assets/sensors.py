"""Runs that start by themselves between two nights: a load when files have landed, and what follows a successful run.

Here: loads of the day, figures after a run that changed core, and publishing after a run that computed figures without
publishing, such as a backfill from the asset graph. Not here: runs of the command line, which starts the next one
itself; listing the landing folder (pipelines/raw/files/landing.py).
"""

import json
from datetime import UTC, datetime

import dagster as dg

from assets.core import STALE_END, STALE_START
from assets.jobs import figures, ingest, publish
from assets.killed_runs import end_lock_holder
from assets.notify import FROM_COMMAND_LINE
from assets.partitions import RANGE_END, RANGE_START
from assets.publish import PUBLISHED
from assets.resources import NIGHT
from assets.run_history import FINISHED
from pipelines.raw.files.landing import Glance, glance
from pipelines.settings import Settings
from pipelines.warehouse.lock import holder, left_by

BACKFILL = "dagster/backfill"
UNFINISHED = [status for status in dg.DagsterRunStatus if status not in FINISHED]
SECONDS_BETWEEN_LOOKS = 60
SECONDS_BETWEEN_LOADS = 15 * 60
# How long after_success may take to start the figures of a load.
SECONDS_TO_FOLLOW = 5 * 60


@dg.sensor(
    job=ingest,
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=SECONDS_BETWEEN_LOOKS,
    description="Load what landed during the day: when the folder has not changed for a minute, at most every "
    "15 minutes, never beside another run.",
)
def landing(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Load files that arrived since the last load and are complete: two looks saw the same folder.

    The cursor holds what the last look saw: a digest of the listing, the number of files, and since when.
    """
    settings = Settings()
    now = datetime.now(UTC)
    try:
        seen = glance(settings.landing)
    except OSError as error:
        return dg.SkipReason(f"the landing folder cannot be listed: {error.strerror}")
    before = json.loads(context.cursor) if context.cursor else None
    if before is None or before["digest"] != seen.digest:
        since = _since(seen, before, now.timestamp())
        context.update_cursor(json.dumps({"digest": seen.digest, "files": seen.files, "since": since}))
        return dg.SkipReason(f"{seen.files} files, first seen so: they are looked at again")
    if not seen.files:
        return dg.SkipReason("the landing folder is empty")
    reason = _reason_to_wait(context.instance, settings, before["since"], now.timestamp())
    if reason:
        return dg.SkipReason(reason)
    night = now.isoformat(timespec="seconds")
    return dg.RunRequest(run_key=night, tags={NIGHT: night})


def _since(seen: Glance, before: dict | None, now: float) -> float:
    """Since when the files are as they are now; a load that began later has read them.

    The file system's times are used at the very first look and where files were only removed: nothing is loaded again
    then. Otherwise they are not, because some file systems do not update them when a file is moved in.
    """
    if before is None:
        return seen.changed_at
    return now if seen.files >= before["files"] else max(before["since"], seen.changed_at)


def _reason_to_wait(instance: dg.DagsterInstance, settings: Settings, since: float, now: float) -> str | None:
    """Why no load starts now, or None."""
    if (killed := left_by(settings.home / "lock")) is not None:
        # Until its end is reported, Dagster counts it as running, and no load would start before the next night.
        end_lock_holder(instance, killed, "the landing sensor")
    for record in instance.get_run_records(dg.RunsFilter(job_name=ingest.name), limit=1):
        begun = record.start_time or record.create_timestamp.timestamp()
        if begun >= since:
            return f"nothing came since run {record.dagster_run.run_id[:8]} began to load"
        if now - begun < SECONDS_BETWEEN_LOADS:
            return f"the last load began {(now - begun) / 60:.0f} minutes ago; one begins every 15 minutes at most"
    for run in instance.get_runs(dg.RunsFilter(statuses=UNFINISHED), limit=1):
        return f"run {run.run_id[:8]} ({run.job_name}) is not finished"
    for record in instance.get_run_records(limit=1):
        run, ended = record.dagster_run, record.end_time or 0
        if run.job_name == ingest.name and run.is_success and now - ended < SECONDS_TO_FOLLOW:
            return f"the figures of run {run.run_id[:8]} come first"
    writer = holder(settings.home / "lock")
    return f"{writer} has the warehouse" if writer else None


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    request_jobs=[figures, publish],
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=15,
)
def after_success(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
    """Compute the stale months after an ingest; publish after a backfill that did not."""
    run = context.dagster_run
    if FROM_COMMAND_LINE in run.tags:
        return dg.SkipReason("the command line takes the next step itself")
    events = context.instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)
    written = {record.asset_key for record in events.records if record.asset_key}
    night = {NIGHT: run.tags[NIGHT]} if NIGHT in run.tags else {}
    if STALE_START in run.tags:
        months = {RANGE_START: run.tags[STALE_START], RANGE_END: run.tags[STALE_END]}
        return dg.RunRequest(job_name=figures.name, run_key=run.run_id, tags=night | months)
    if PUBLISHED in written or not any(key.path[0] in {"core", "nps", "value", "loop"} for key in written):
        return dg.SkipReason("published already, or nothing to publish")
    if publishes_itself(context.instance, run):
        return dg.SkipReason("the backfill of this run publishes itself, when all its runs have ended")
    return dg.RunRequest(job_name=publish.name, run_key=run.run_id, tags=night)


def publishes_itself(instance: dg.DagsterInstance, run: dg.DagsterRun) -> bool:
    """Whether a run is of a backfill that the published file is part of; it comes last, after all it is made of."""
    backfill = instance.get_backfill(run.tags[BACKFILL]) if BACKFILL in run.tags else None
    return backfill is not None and PUBLISHED in (backfill.asset_selection or ())
