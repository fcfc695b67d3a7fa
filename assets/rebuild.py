"""`northstar rebuild`: the runs that rebuild the working files.

Here: their order and months. Not here: the command's options (cli.py), the jobs (jobs.py), and how old and new files
change places (pipelines/warehouse/rebuild.py).
"""

from collections.abc import Callable
from typing import Any

import click

from assets.resources import REBUILD
from pipelines.settings import Settings
from pipelines.warehouse.lock import exclusive
from pipelines.warehouse.rebuild import VAULT_WHOLE, VAULT_WITHOUT_MISSING, WAREHOUSE_ONLY, months_of_vault


def rebuild(settings: Settings, execute: Callable[..., Any], *, vault: bool, without_missing: bool) -> None:
    """Run the jobs. execute: runs one in this process.

    Raises:
        click.UsageError: --without-missing without --vault.
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
    click.echo(f"Rebuilt and published: {settings.published_path}")
