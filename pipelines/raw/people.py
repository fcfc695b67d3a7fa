"""Who is behind a pseudonym: addresses, ids, names and phone numbers, from the vault.

Here: for the files that people act on, and for `northstar who`. Not here: who may read them (the vault's mode is 0600),
the files (pipelines/loop/audience_files.py) and the pseudonym itself (pipelines/warehouse/connection.py). Nothing of it
goes into the warehouse, a log or a run's page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import duckdb
import polars as pl

from pipelines.raw import phones
from pipelines.raw.kinds import read_kinds
from pipelines.settings import Settings
from pipelines.warehouse.frames import frame, registered
from pipelines.warehouse.sql_files import statements

# The beginnings of identities, and what they are.
KINDS = {"e:": "e-mail", "i:": "id", "p:": "phone"}


def identities(connection: duckdb.DuckDBPyConnection, customers: Iterable[str]) -> list[tuple[str, str, str]]:
    """What is known of the people behind pseudonyms: customer_id, kind (of KINDS), value; ids as source:id.

    A forgotten person has no row.
    """
    with _wanted(connection, pl.Series(list(customers), dtype=pl.String)):
        rows = frame(connection.sql("FROM wanted_identities ORDER BY ALL"))
    return (
        rows.select("customer_id", kind=pl.col("identity").str.head(2), value=pl.col("identity").str.slice(2))
        .filter(pl.col("kind").is_in(list(KINDS)))
        .with_columns(pl.col("kind").replace_strict(KINDS, return_dtype=pl.String))
        .with_columns(pl.col("value").str.strip_prefix("canonical:"))
        .rows()
    )


def contacts(connection: duckdb.DuckDBPyConnection, settings: Settings, customers: pl.Series) -> pl.DataFrame:
    """How the people behind pseudonyms are reached.

    Returns:
        customer_id; email (trimmed, lower case), name; email_hash and phone_hash, SHA-256 in hexadecimal digits of the
        address and of the number without + and leading zeros. Null where nothing is known; nobody twice.
    """
    with _wanted(connection, customers):
        people = frame(connection.sql(statements("raw/people/contacts.sql")))
        known = frame(connection.sql("FROM wanted_identities"))
        kinds = read_kinds(connection).values()
        numbers = phones.stored_numbers(connection, kinds, settings, known["identity"].unique())
    # Of several numbers the first; a platform takes one.
    first = known.join(numbers, on="identity").group_by("customer_id").agg(pl.col("phone").min().str.strip_prefix("+"))
    reached = people.join(first, on="customer_id", how="left", maintain_order="left")
    hashes = "SELECT * EXCLUDE (phone), sha256(email) AS email_hash, sha256(phone) AS phone_hash FROM reached"
    with registered(connection, "reached", reached):
        hashed = frame(connection.sql(hashes))
    return hashed.sort("customer_id")


@contextmanager
def _wanted(connection: duckdb.DuckDBPyConnection, customers: pl.Series) -> Iterator[None]:
    """For the block: the temporary table wanted_identities."""
    with registered(connection, "wanted", customers.unique().to_frame("customer_id").cast(pl.String)):
        connection.execute(f"CREATE TEMP TABLE wanted_identities AS {statements('raw/people/identities.sql')}")
    try:
        yield
    finally:
        connection.execute("DROP TABLE temp.wanted_identities")
