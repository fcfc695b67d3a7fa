"""The warehouse resource: the lock and the open files, from the start of a run to its end.

Here: their lifetime, and the run's entry in the record of its night. Not here: opening, locking and writing
(pipelines/warehouse), and what happens to runs that were killed (killed_runs.py).
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import dagster as dg
from pydantic import PrivateAttr

from assets.killed_runs import SIGNATURE, end_lock_holder, end_runs_without_process
from pipelines.figures import BY_TABLE
from pipelines.ops import nights
from pipelines.settings import Settings
from pipelines.warehouse.connection import Connection, DatabaseError
from pipelines.warehouse.lock import exclusive
from pipelines.warehouse.read import Readings
from pipelines.warehouse.rebuild import opened_for

# Tag of a run that rebuilds working files; its value says which (pipelines/warehouse/rebuild.py).
REBUILD = "northstar/rebuild"
# Tag shared by the runs of one night.
NIGHT = "northstar/night"


class Warehouse(dg.ConfigurableResource):
    """The one writer: no other run has the warehouse open while this run lasts."""

    _connection: Connection = PrivateAttr()
    _settings: Settings = PrivateAttr()
    _run: dg.DagsterRun | None = PrivateAttr(default=None)
    _since: float = PrivateAttr(default=0.0)
    _readings: Readings = PrivateAttr(default_factory=dict)

    @property
    def connection(self) -> Connection:
        """Connection with vault and warehouse attached."""
        return self._connection

    @property
    def settings(self) -> Settings:
        """The settings, clock included, as they were when the run started."""
        return self._settings

    @property
    def readings(self) -> Readings:
        """Frames that figures of this run have read, for the figures after them."""
        return self._readings

    @property
    def tables(self) -> list[str]:
        """The tables of figures that this run may compute, schema and name."""
        chosen = self._run.asset_selection if self._run else None
        # Without a selection a run computes all that its job has.
        return [".".join(key.path) for key in chosen] if chosen else list(BY_TABLE)

    @property
    def night(self) -> nights.Run:
        """This run as a part of its night, with the seconds so far."""
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
        run = f"{SIGNATURE}{context.run.run_id[:8]}" if context.run else "a direct call"

        def tell(owner: str) -> None:
            if context.log:
                context.log.info(f"waiting for {owner} to finish with the warehouse")

        def note(message: str) -> None:
            if context.log:
                context.log.warning(message)

        def note_killed(killed: str) -> None:
            if context.instance:
                end_lock_holder(context.instance, killed, run)

        lock = exclusive(settings.home / "lock", run, on_wait=tell, on_killed=note_killed)
        anew = context.run.tags.get(REBUILD) if context.run else None
        with lock, opened_for(settings, anew, note) as (self._connection, self._settings):
            if context.instance:
                end_runs_without_process(context.instance, run)
            self._run, self._since, self._readings = context.run, time.monotonic(), {}
            if self._run is None:
                yield self
                return
            nights.begun(self._connection, self.night)
            try:
                yield self
            finally:
                self._note_end(context.instance)

    def _note_end(self, instance: dg.DagsterInstance | None) -> None:
        """Record how the run ended, if the file can still be written; the run reports its own error."""
        with suppress(DatabaseError):
            broken = failures(instance, self.night.run_id) if instance else []
            if broken:
                nights.failed(self._connection, self.night, "; ".join(broken))
            else:
                nights.ended(self._connection, self.night)


def failures(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    """The failed steps of a run, each with the class of its error.

    Messages of errors are left out: they may hold data, and this list is published and sent.
    """
    steps = []
    for record in instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.STEP_FAILURE).records:
        entry = record.event_log_entry
        event = entry.dagster_event
        error = event.step_failure_data.error if event else None
        while error is not None and error.cause is not None:
            error = error.cause
        kind = error.cls_name if error else None
        steps.append(f"{(entry.step_key or 'a step').replace('__', '/')}: {kind or 'failed'}")
    return steps
