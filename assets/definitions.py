"""The code location: what Dagster loads.

Here: putting the parts together. Not here: the parts.
"""

import dagster as dg

from assets import audiences, core, loop, nps, publish, raw, report, value
from assets.jobs import EXECUTOR, JOBS
from assets.letter import letter_job, weekly
from assets.notify import after_failure
from assets.progress import step_lines
from assets.resources import Warehouse
from assets.schedules import nightly
from assets.sensors import after_success, landing


def build() -> dg.Definitions:
    """All assets with their checks, jobs, the schedule, the sensors and the warehouse."""
    return dg.Definitions(
        assets=[
            raw.build(),
            core.build(),
            *nps.build(),
            *value.build(),
            *loop.build(),
            publish.build(),
            report.build(),
            audiences.build(),
        ],
        jobs=[*JOBS, letter_job],
        schedules=[nightly, weekly],
        sensors=[landing, after_success, after_failure],
        executor=EXECUTOR,
        loggers={"console": dg.colored_console_logger, "steps": step_lines},
        resources={"warehouse": Warehouse()},
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The entry point of workspace.yaml."""
    return build()
