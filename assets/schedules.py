"""The schedule of the night.

Here: the one schedule. Not here: what follows the ingest run (sensors.py).
"""

import dagster as dg

from assets.jobs import ingest
from assets.partitions import HOUR_OF_NIGHT, MONTHS
from assets.resources import NIGHT


@dg.schedule(
    job=ingest,
    cron_schedule=f"0 {HOUR_OF_NIGHT} * * *",
    execution_timezone=MONTHS.timezone,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Load what landed; the sensor after_success then computes the months that became stale and publishes.",
)
def nightly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Every night at 02:00 business time: load what landed; the figures follow."""
    night = context.scheduled_execution_time.date().isoformat()
    return dg.RunRequest(run_key=night, tags={NIGHT: night})
