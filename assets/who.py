"""`northstar who`: whom pseudonyms stand for, for whoever may read the vault.

Here: the argument, waiting for the lock, the words. Not here: reading the vault (pipelines/raw/people.py). No run of
Dagster does this, and nothing of it is logged: the answer goes to standard output alone.
"""

import sys

import click

from assets.in_process import Problem
from pipelines.settings import Settings


@click.argument("customers", metavar="CUSTOMER_ID...", nargs=-1, required=True)
def who(customers: tuple[str, ...]) -> None:
    """Show the addresses, ids and phone numbers behind pseudonyms (customer_id); - reads them from standard input.

    One line each: pseudonym, what it is, value; separated by tabs. It reads the vault, logs nothing and publishes
    nothing. Exits with 1 if nobody is known by one of them.
    """
    from pipelines.raw.people import identities
    from pipelines.warehouse.connection import opened
    from pipelines.warehouse.lock import exclusive

    settings = Settings()
    wanted = [line.strip() for line in sys.stdin if line.strip()] if customers == ("-",) else list(customers)
    if not settings.vault_path.exists():
        message = f"there is no vault in {settings.home}: nothing has been loaded"
        raise Problem(message)

    def waiting(owner: str) -> None:
        click.echo(f"waiting for {owner}", err=True)

    with exclusive(settings.home / "lock", "northstar who", on_wait=waiting), opened(settings) as connection:
        known = identities(connection, wanted)
    for row in known:
        click.echo("\t".join(row))
    missing = sorted(set(wanted) - {customer for customer, _, _ in known})
    if missing:
        message = f"nobody is known by {', '.join(missing)}: not a customer_id of this home, or forgotten"
        raise Problem(message)
