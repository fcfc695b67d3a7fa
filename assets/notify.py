"""Who is told when a run fails or a check newly warns.

Here: Dagster's two ways of noticing, and handing over to pipelines/notify.py. Not here: the words and the sending. A
sensor tells of runs of the daemon, killed ones too; runs of the command line, which may have no daemon, tell by hook.
"""

import logging
from collections.abc import Sequence

import dagster as dg

from assets.resources import NIGHT, failures
from pipelines import notify
from pipelines.settings import Settings

FROM_COMMAND_LINE = "northstar/command"


def tell(log: logging.Logger, message: tuple[str, str]) -> None:
    """Send a message if there is an address; that it could not be sent is a warning, no failure."""
    try:
        notify.send(Settings(), *message)
    except notify.NotifyError as error:
        log.warning(str(error))


def tell_warnings(log: logging.Logger, warnings: Sequence[str]) -> None:
    """Tell of checks that newly warn."""
    if warnings:
        tell(log, notify.alert(warnings))


@dg.failure_hook
def on_failure(context: dg.HookContext) -> None:
    """Tell of a step that failed in a run of the command line."""
    run = context.instance.get_run_by_id(context.run_id)
    if run is not None and FROM_COMMAND_LINE in run.tags:
        tell(context.log, _message(context.instance, run))


@dg.run_failure_sensor(
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=15,
    description="Tell NORTHSTAR_NOTIFY of runs that failed or were killed.",
)
def after_failure(context: dg.RunFailureSensorContext) -> None:
    """Tell of a run that failed, however it was launched but by the command line."""
    if FROM_COMMAND_LINE not in context.dagster_run.tags:
        tell(context.log, _message(context.instance, context.dagster_run))


def _message(instance: dg.DagsterInstance, run: dg.DagsterRun) -> tuple[str, str]:
    return notify.failure(run.job_name, run.run_id, run.tags.get(NIGHT), failures(instance, run.run_id))
