"""`northstar rebuild`: the runs that make the working files anew.

Here: their order and months. Not here: the command's options (cli.py), the jobs (jobs.py), what makes them safe
(pipelines/warehouse/rebuild.py).
"""

from collections.abc import Callable
from typing import Any

import click

from assets.resources import REBUILD
from pipelines.settings import Settings
from pipelines.warehouse.lock import exclusive
from pipelines.warehouse.rebuild import VAULT_WHOLE, VAULT_WITHOUT_MISSING, WAREHOUSE_ONLY, months_of_vault


def rebuild(settings: Settings, execute: Callable[..., Any], *, vault: bool, without_missing: bool) -> None:
    """Run the jobs; `execute` runs one, in this process, as every command does.

    Raises:
        click.UsageError: an option without the one it belongs to.
    """
    if without_missing and not vault:
        message = "--without-missing belongs to --vault"
        raise click.UsageError(message)
    if vault:
        what = VAULT_WITHOUT_MISSING if without_missing else VAULT_WHOLE
        execute("rebuild_vault", settings, tags={REBUILD: what})
    wait = exclusive(
        settings.home / "lock", "northstar rebuild", on_wait=lambda owner: click.echo(f"waiting for {owner}", err=True)
    )
    with wait:
        months = months_of_vault(settings)
    execute("rebuild", settings, months=months, tags={REBUILD: WAREHOUSE_ONLY})
    click.echo(f"Made anew and published: {settings.published_path}")
