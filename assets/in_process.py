"""Dagster's jobs in this process, without a daemon: how the command line runs what the UI shows.

Here: running a job with the shop's own record of runs, and the message of a failure. Not here: arguments and exit
codes (cli.py).
"""

import os
import platform
import shutil
from contextlib import nullcontext
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import click

from pipelines.obstacles import sentence
from pipelines.settings import Settings

HERE = Path(__file__).parent
# Errors whose own message is the one to tell, not that of what they came from.
CLEAR = {"SettingsError", "WarehouseError", "LandingError"}
NOT_CAPTURED = {"module": "dagster._core.storage.noop_compute_log_manager", "class": "NoOpComputeLogManager"}
# Dagster hands events that belong together, such as a step's materializations, to the storage this many at a time.
BATCH = "10000"
KEPT_OPEN = {"module": "assets.event_log", "class": "OpenEventLog"}


class Problem(click.ClickException):
    """Ends the command with one message and exit code 1."""

    def show(self, file: Any = None) -> None:  # noqa: ANN401, ARG002 (click's own signature)
        """Print the message as it is."""
        click.echo(self.format_message(), err=True)


def execute(
    name: str,
    settings: Settings,
    *,
    verbose: bool,
    months: Any = None,  # noqa: ANN401 (a Window, imported late: start-up time)
    tables: list[str] | None = None,
    tags: dict[str, str] | None = None,
    instance: Any = None,  # noqa: ANN401 (dagster.DagsterInstance)
) -> dict[str, str]:
    """Run a job in this process, recorded like any other; returns the run's tags afterwards.

    instance: an open one, from `instance_of`, for several runs; to open it takes 0.2 s of processor.
    """
    from assets.killed_runs import PROCESS
    from assets.metadata import key
    from assets.notify import FROM_COMMAND_LINE
    from assets.partitions import range_tags
    from assets.publish import PUBLISHED
    from assets.report import REPORT

    last = f" .. {date.fromordinal(months.end.toordinal() - 1):%Y-%m}" if months else ""
    click.echo(f"{name}: {f'{months.start:%Y-%m}' if months else 'what landed'}{last}", err=True)
    with nullcontext(instance) if instance else instance_of(settings, runs_here=True) as record:
        result = (
            _definitions()
            .resolve_job_def(name)
            .execute_in_process(
                instance=record,
                tags={
                    FROM_COMMAND_LINE: name,
                    PROCESS: f"{platform.node()}:{os.getpid()}",
                    **(tags or {}),
                    **(range_tags(months) if months else {}),
                },
                asset_selection=[*(key(table) for table in tables), PUBLISHED, REPORT] if tables else None,
                run_config={"loggers": {"console": {"config": {"log_level": "DEBUG"}}} if verbose else {"steps": {}}},
                raise_on_error=False,
            )
        )
        run = record.get_run_by_id(result.run_id)
    if not result.success:
        reason = _reason(result)
        raise Problem(sentence(reason, settings) or reason)
    return dict(run.tags) if run else {}


@cache
def _definitions() -> Any:  # noqa: ANN401 (dagster.Definitions)
    """What Dagster loads, once for all runs of this process."""
    from assets.definitions import defs

    return defs()


def _reason(result: Any) -> str:  # noqa: ANN401 (dagster.ExecuteInProcessResult, imported late)
    """The message of the failure that began it, without Dagster's wrapping."""
    for event in result.all_events:
        data = event.event_specific_data
        error = getattr(data, "error", None)
        if event.is_failure and error is not None:
            failure = getattr(data, "user_failure_data", None)
            if failure is not None and failure.description:
                return str(failure.description)
            while error.cause is not None and error.cls_name not in CLEAR:
                error = error.cause
            return str(error.message).strip().split(": ", 1)[-1]
    return f"The run {result.run_id} failed; see it in the UI (northstar ui)."


def instance_of(settings: Settings, *, runs_here: bool = False) -> Any:  # noqa: ANN401 (dagster.DagsterInstance)
    """Dagster's record of runs inside the shop's home, made at first use; this process and its children use it.

    runs_here: whether this process executes the runs itself, as the command line does; see `_for_runs_here`.
    """
    import dagster as dg

    from pipelines.warehouse.lock import exclusive

    home = settings.dagster_home
    os.environ["DAGSTER_HOME"] = str(home)
    os.environ["NORTHSTAR_HOME"] = str(settings.home)
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "yes")
    # Two that make its tables at once break each other.
    with exclusive(home / "opening", "opening Dagster's records", on_wait=lambda _: None):
        if not (home / "dagster.yaml").exists():
            shutil.copyfile(HERE / "dagster.yaml", home / "dagster.yaml")
        if not runs_here:
            return dg.DagsterInstance.get()
        os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", BATCH)
        return dg.DagsterInstance.local_temp(str(home), overrides=_for_runs_here(home))


def _for_runs_here(home: Path) -> dict[str, Any]:
    """Settings of Dagster's for runs in this process, unless the operator's dagster.yaml has its own.

    The terminal is this process's own: captured, its lines would reach it through `tail`, which Dagster stops before it
    has shown the last ones. And one process writes the events, so their files may stay open.
    """
    from dagster_shared.yaml_utils import load_yaml_from_path

    loaded = load_yaml_from_path(str(home / "dagster.yaml"))
    operators = loaded.keys() if isinstance(loaded, dict) else set()
    ours: dict[str, Any] = {} if "compute_logs" in operators else {"compute_logs": NOT_CAPTURED}
    if operators.isdisjoint({"storage", "event_log_storage"}) and _fits_this_dagster():
        ours["event_log_storage"] = {**KEPT_OPEN, "config": {"base_dir": str(home)}}
    return ours


def _fits_this_dagster() -> bool:
    """Whether event_log.py, which extends private parts of Dagster, can be imported; else Dagster's own is used."""
    try:
        import assets.event_log  # noqa: F401
    except ImportError:
        return False
    return True
