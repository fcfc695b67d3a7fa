"""Runs that were killed: Dagster counts them as running until someone reports their end.

Here: finding such runs and reporting them as failed. Not here: the lock a killed run leaves
(pipelines/warehouse/lock.py) and the row of its night (pipelines/ops/nights.py).
"""

import os
import platform
from collections.abc import Sequence

import dagster as dg

# A run signs the lock with this and the first characters of its id.
SIGNATURE = "run "
# Tag of a run of the command line: its machine and process, as machine:process.
PROCESS = "northstar/process"
UNFINISHED = [dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]


def end_lock_holder(instance: dg.DagsterInstance, holder: str, noticed_by: str) -> None:
    """Report the run that signed the lock, and was killed while it held it, as failed."""
    if not holder.startswith(SIGNATURE):
        return
    for run in _unfinished(instance):
        if run.run_id.startswith(holder.removeprefix(SIGNATURE)):
            message = f"{holder} was killed while it had the warehouse; {noticed_by} noticed."
            instance.report_run_failed(run, message)


def end_runs_without_process(instance: dg.DagsterInstance, noticed_by: str) -> None:
    """Report runs of the command line on this machine whose process is gone as failed.

    Such a run never signed the lock, or had released it but could not record its end.
    """
    for run in _unfinished(instance):
        machine, _, process = run.tags.get(PROCESS, "").rpartition(":")
        if machine == platform.node() and not _is_alive(int(process)):
            message = f"its process ended without a word, killed or without room on the disk; {noticed_by} noticed."
            instance.report_run_failed(run, message)


def _unfinished(instance: dg.DagsterInstance) -> Sequence[dg.DagsterRun]:
    return instance.get_runs(dg.RunsFilter(statuses=UNFINISHED))


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it belongs to another user
    return True
