"""What a terminal shows while a run goes on: one line a step.

Here: a Dagster logger that turns step events into lines. Not here: Dagster's own log (-v shows it).
"""

import logging
import time

import dagster as dg
from rich.console import Console

CONSOLE = Console(stderr=True, highlight=False)


class StepLines(logging.Handler):
    """Prints a line when a step ends, and the warnings on the way."""

    def __init__(self) -> None:
        """Start the clock of the first step."""
        super().__init__(logging.DEBUG)
        self._since = time.monotonic()

    def emit(self, record: logging.LogRecord) -> None:
        """Show a record if it is about a step's end or asks for attention."""
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
    """The logger that the command line runs jobs with."""
    logger = logging.Logger("northstar.steps")
    logger.addHandler(StepLines())
    return logger
