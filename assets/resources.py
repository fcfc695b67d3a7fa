"""The warehouse resource: the lock and the open files, from run start to run end.

Here: only their life time. Not here: opening, locking or writing (pipelines/warehouse).
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
import duckdb
from pydantic import PrivateAttr

from pipelines.settings import Settings
from pipelines.warehouse.lock import exclusive
from pipelines.warehouse.rebuild import opened_for

RUN = "run "
# Tag of a run that makes working files anew; its value says which (pipelines/warehouse/rebuild.py).
REBUILD = "northstar/rebuild"


class Warehouse(dg.ConfigurableResource):
    """The one writer: no other run has the warehouse open while this run lasts."""

    _connection: duckdb.DuckDBPyConnection = PrivateAttr()
    _settings: Settings = PrivateAttr()

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """Connection with vault and warehouse attached."""
        return self._connection

    @property
    def settings(self) -> Settings:
        """The settings as they were at run start, the clock among them."""
        return self._settings

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

        def bury(killed: str) -> None:
            if context.instance:
                for left in _unfinished(context.instance, killed):
                    message = f"{killed} was killed while it had the warehouse; {run} noticed."
                    context.instance.report_run_failed(left, message)

        lock = exclusive(settings.home / "lock", run, on_wait=tell, on_killed=bury)
        anew = context.run.tags.get(REBUILD) if context.run else None
        with lock, opened_for(settings, anew, note) as (self._connection, self._settings):
            yield self


def _unfinished(instance: dg.DagsterInstance, holder: str) -> list[dg.DagsterRun]:
    """The run that signed the lock, if Dagster still takes it for running; without this it would do so for ever."""
    if not holder.startswith(RUN):
        return []
    started = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
    return [run for run in started if run.run_id.startswith(holder.removeprefix(RUN))]
