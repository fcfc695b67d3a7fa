"""What a terminal shows during a run: one line for each step.

Here: a Dagster logger that turns step events into lines. Not here: Dagster's own log (-v shows it).
"""

import logging
import time

import dagster as dg
from rich.console import Console

CONSOLE = Console(stderr=True, highlight=False, soft_wrap=True)  # soft_wrap: no breaks inside a line of a log file


class StepLines(logging.Handler):
    """Prints a line when a step ends, and the warnings on the way."""

    def __init__(self) -> None:
        """Start the clock of the first step."""
        super().__init__(logging.DEBUG)
        self._since = time.monotonic()

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record if it reports the end of a step or a warning."""
        meta = getattr(record, "dagster_meta", {})
        event = meta.get("dagster_event")
        if event is None:
            if record.levelno >= logging.WARNING:
                CONSOLE.print(f"  [yellow]note[/] {meta.get('orig_message', record.getMessage())}", markup=True)
            elif "waiting for" in str(meta.get("orig_message", "")):
                CONSOLE.print(f"  {meta['orig_message']}")
        elif event.event_type_value == "STEP_START":
            self._since = time.monotonic()
        elif event.event_type_value in {"STEP_SUCCESS", "STEP_FAILURE"}:
            good = event.event_type_value == "STEP_SUCCESS"
            name = str(event.step_key).replace("__", "/")
            mark = "[green]done[/]  " if good else "[red]failed[/]"
            CONSOLE.print(f"  {mark} {name:<28} {time.monotonic() - self._since:5.1f} s")


@dg.logger({})
def step_lines(_context: dg.InitLoggerContext) -> logging.Logger:
    """The logger of jobs that the command line runs."""
    logger = logging.Logger("northstar.steps")
    logger.addHandler(StepLines())
    return logger
