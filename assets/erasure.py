"""`northstar erase`: the request, carried out on the vault under the lock, and what became of it in words.

Here: waiting for the lock, the words. Not here: the night that follows (cli.py) and forgetting itself
(pipelines/raw/erasure). No run of Dagster does this: its records would hold whom the request is about.
"""

import click

from pipelines.raw.erasure.request import Forgotten, forget
from pipelines.settings import Settings
from pipelines.warehouse.connection import opened
from pipelines.warehouse.lock import exclusive


def erase(settings: Settings, who: str) -> Forgotten:
    """Wait for the warehouse and forget a person.

    Raises:
        AmbiguousError: several people have that id.
    """

    def waiting(owner: str) -> None:
        click.echo(f"waiting for {owner}")

    with exclusive(settings.home / "lock", "northstar erase", on_wait=waiting), opened(settings) as connection:
        return forget(connection, settings, who)


def outcome(forgotten: Forgotten) -> str:
    """What became of a request; it does not name the person."""
    lines = []
    if forgotten.is_known:
        records = ", ".join(f"{count} {kind}" for kind, count in sorted(forgotten.records.items()))
        lines.append(f"Forgotten: {forgotten.identities} addresses and ids; kept without them: {records}.")
    if forgotten.files:
        lines += ["Landing files that still hold the person (they are yours: Northstar never changes them):"]
        lines += [f"  {path}" for path in forgotten.files]
    return "\n".join(lines)
