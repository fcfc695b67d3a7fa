"""The warehouse resource: the lock and the open files, from run start to run end.

Here: their life time, and the run's part in the record of its night. Not here: opening, locking or
writing (pipelines/warehouse).
"""

import os
import platform
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import dagster as dg
import duckdb
from pydantic import PrivateAttr

from pipelines.ops import nights
from pipelines.settings import Settings
from pipelines.warehouse.lock import exclusive
from pipelines.warehouse.read import Kept
from pipelines.warehouse.rebuild import opened_for

RUN = "run "
# Tag of a run that makes working files anew; its value says which (pipelines/warehouse/rebuild.py).
REBUILD = "northstar/rebuild"
# Tag of a run of the command line: the machine and the process that it is.
PROCESS = "northstar/process"
# The tag that ties the runs of a night together.
NIGHT = "northstar/night"


class Warehouse(dg.ConfigurableResource):
    """The one writer: no other run has the warehouse open while this run lasts."""

    _connection: duckdb.DuckDBPyConnection = PrivateAttr()
    _settings: Settings = PrivateAttr()
    _run: dg.DagsterRun | None = PrivateAttr(default=None)
    _since: float = PrivateAttr(default=0.0)
    _kept: Kept = PrivateAttr(default_factory=dict)

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """Connection with vault and warehouse attached."""
        return self._connection

    @property
    def settings(self) -> Settings:
        """The settings as they were at run start, the clock among them."""
        return self._settings

    @property
    def kept(self) -> Kept:
        """What the figures of this run have read so far."""
        return self._kept

    @property
    def night(self) -> nights.Run:
        """This run as a part of its night, up to now."""
        if self._run is None:
            message = "a direct call is no run of a night"
            raise RuntimeError(message)
        run = self._run
        seconds = time.monotonic() - self._since
        return nights.Run(run.tags.get(NIGHT, run.run_id), run.run_id, run.job_name, seconds)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Warehouse"]:
        """Wait for the lock, open the files, and close both when the run ends."""
        settings = Settings()
        run = f"{RUN}{context.run.run_id[:8]}" if context.run else "a direct call"

        def tell(owner: str) -> None:
            if context.log:
                context.log.info(f"waiting for {owner} to finish with the warehouse")

        def note(message: str) -> None:
            if context.log:
                context.log.warning(message)

        def note_killed(killed: str) -> None:
            if context.instance:
                bury(context.instance, killed, run)

        lock = exclusive(settings.home / "lock", run, on_wait=tell, on_killed=note_killed)
        anew = context.run.tags.get(REBUILD) if context.run else None
        with lock, opened_for(settings, anew, note) as (self._connection, self._settings):
            _bury_gone(context.instance, run)
            self._run, self._since, self._kept = context.run, time.monotonic(), {}
            if self._run is None:
                yield self
                return
            nights.begun(self._connection, self.night)
            try:
                yield self
            finally:
                self._note_end(context.instance)

    def _note_end(self, instance: dg.DagsterInstance | None) -> None:
        """Write how the run ended, if it can still be written; what stopped the run is told by the run itself."""
        with suppress(duckdb.Error):
            broken = failures(instance, self.night.run_id) if instance else []
            if broken:
                nights.failed(self._connection, self.night, "; ".join(broken))
            else:
                nights.ended(self._connection, self.night)


def failures(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    """The steps of a run that failed, with the kind of error.

    Not with its message, which may hold data: what is made of this is published and sent.
    """
    found = []
    for record in instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.STEP_FAILURE).records:
        entry = record.event_log_entry
        event = entry.dagster_event
        error = event.step_failure_data.error if event else None
        while error is not None and error.cause is not None:
            error = error.cause
        kind = error.cls_name if error else None
        found.append(f"{(entry.step_key or 'a step').replace('__', '/')}: {kind or 'failed'}")
    return found


def bury(instance: dg.DagsterInstance, killed: str, noticed_by: str) -> None:
    """Tell Dagster that the run which signed the lock was killed, if it still takes it for running."""
    for left in _unfinished(instance, killed):
        message = f"{killed} was killed while it had the warehouse; {noticed_by} noticed."
        instance.report_run_failed(left, message)


def _unfinished(instance: dg.DagsterInstance, holder: str) -> list[dg.DagsterRun]:
    """The run that signed the lock, if Dagster still takes it for running; without this it would do so for ever."""
    if not holder.startswith(RUN):
        return []
    return [run for run in _running(instance) if run.run_id.startswith(holder.removeprefix(RUN))]


def _running(instance: dg.DagsterInstance) -> Sequence[dg.DagsterRun]:
    statuses = [dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
    return instance.get_runs(dg.RunsFilter(statuses=statuses))


def _bury_gone(instance: dg.DagsterInstance | None, noticed_by: str) -> None:
    """End runs of the command line on this machine that Dagster takes for running and whose process is no more.

    Such a run never signed the lock, or was done with it but could not write down how it ended.
    """
    if instance is None:
        return
    for run in _running(instance):
        machine, _, process = run.tags.get(PROCESS, "").rpartition(":")
        if machine == platform.node() and not _lives(int(process)):
            message = f"its process ended without a word, killed or without room on the disk; {noticed_by} noticed."
            instance.report_run_failed(run, message)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # another user's
    return True
