"""Notifications when a run fails or a check newly warns.

Here: Dagster's two ways of noticing: a sensor for runs of the daemon, killed ones included, and a hook for runs of the
command line, beside which there may be no daemon. Not here: wording and sending (pipelines/notify.py).
"""

import logging
from collections.abc import Sequence

import dagster as dg

from assets.resources import NIGHT, failures
from pipelines import notify
from pipelines.settings import Settings

FROM_COMMAND_LINE = "northstar/command"


def send(log: logging.Logger, message: tuple[str, str]) -> None:
    """Send a message if there is an address; a failed delivery is only a warning."""
    try:
        notify.send(Settings(), *message)
    except notify.NotifyError as error:
        log.warning(str(error))


def send_warnings(log: logging.Logger, warnings: Sequence[str]) -> None:
    """Send the warnings that the publishing before did not have."""
    if warnings:
        send(log, notify.alert(warnings))


@dg.failure_hook
def on_failure(context: dg.HookContext) -> None:
    """Send a failure of a run of the command line."""
    run = context.instance.get_run_by_id(context.run_id)
    if run is not None and FROM_COMMAND_LINE in run.tags:
        send(context.log, _message(context.instance, run))


@dg.run_failure_sensor(
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=15,
    description="Notify NORTHSTAR_NOTIFY of runs that failed or were killed.",
)
def after_failure(context: dg.RunFailureSensorContext) -> None:
    """Send a failure of any run that the command line did not start."""
    if FROM_COMMAND_LINE not in context.dagster_run.tags:
        send(context.log, _message(context.instance, context.dagster_run))


def _message(instance: dg.DagsterInstance, run: dg.DagsterRun) -> tuple[str, str]:
    return notify.failure(run.job_name, run.run_id, run.tags.get(NIGHT), failures(instance, run.run_id))
