"""Notifications: one message to the addresses in NORTHSTAR_NOTIFY, through Apprise (extra `notify`).

Here: sending, and the words. Not here: when (assets/notify.py). An address usually contains a password, so no message
and no log shows it. What is sent of failures says what failed and where to look, never anything from the data.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipelines.settings import Settings

LOOK = "`northstar status`, or the run's page in Dagster, tells more."
# Loggers of Apprise and its HTTP client, which write the address.
TALKATIVE = ("apprise", "urllib3", "requests")


class NotifyError(RuntimeError):
    """The message was not sent; the text says why, without the address."""


def failure(job: str, run_id: str, night: str | None, steps: Sequence[str]) -> tuple[str, str]:
    """Title and text about a failed run.

    steps: each failed step with its kind of error; empty when the run was killed.
    """
    of_night = f" of the night {night}" if night else ""
    broken = [f"Failed: {step}" for step in steps] or ["It ended before it was done: killed, or the machine stopped."]
    text = [f"Run {run_id[:8]} ({job}){of_night} failed.", *broken, "What was published before stays.", LOOK]
    return "Northstar: a run failed", "\n".join(text)


def alert(warnings: Sequence[str]) -> tuple[str, str]:
    """Title and text about checks that have begun to warn."""
    return "Northstar: new warnings", "\n".join([*warnings, LOOK])


def send(settings: Settings, title: str, text: str, file: Path | None = None) -> bool:
    """Send to every address in NORTHSTAR_NOTIFY; whether there is one. A file goes with it where the channel can.

    Raises:
        NotifyError: Apprise is missing, does not know an address, or could not deliver to all of them.
    """
    if settings.notify is None:
        return False
    try:
        import apprise  # noqa: PLC0415 (an extra, and a second to import)
    except ImportError:
        raise NotifyError("NORTHSTAR_NOTIFY is set but Apprise is not installed: install northstar[notify]") from None
    with _quiet():
        sender = apprise.Apprise()
        if not sender.add(settings.notify):
            raise NotifyError("NORTHSTAR_NOTIFY (hidden) is not, or not only, addresses that Apprise knows")
        attached = str(file) if file else None
        if not sender.notify(title=title, body=text, body_format=apprise.NotifyFormat.TEXT, attach=attached):
            raise NotifyError("a notification could not be delivered to all addresses of NORTHSTAR_NOTIFY (hidden)")
    return True


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the address out of every log while the block lasts."""
    names = [name for name in logging.root.manager.loggerDict if name.startswith(TALKATIVE)]
    # By level, because loggers created within the block inherit it.
    before = {name: logging.getLogger(name).level for name in {*TALKATIVE, *names}}
    for name in before:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
