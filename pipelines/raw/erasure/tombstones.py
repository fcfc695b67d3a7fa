"""Who is forgotten: from requests to raw.tombstones, the keyed hashes by which forgotten people are recognised.

Here: the identities a request reaches, and the random identities that stand in for them. Not here: cleaning records
(erase.py), who is who among the others (pipelines/raw/identity.py).

A request reaches every identity that records ever connected with the one it names, and the phone numbers of those
records. It does not go on from a number to others who share it, unless it names the number.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

import duckdb
import polars as pl

from pipelines.raw import identity, phones
from pipelines.raw.kinds import Kind
from pipelines.settings import Settings
from pipelines.warehouse.connection import salt, set_pseudonym
from pipelines.warehouse.frames import frame, registered
from pipelines.warehouse.sql_files import statements

# Every set of rules: a tombstone must still be recognised when NORTHSTAR_EMAIL_RULES changes.
RULES = ("", "plus_tags", "gmail_dots", "plus_tags,gmail_dots")


def install(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Make the macros of sql/macros/core and erasure.sql available, with the salt and the e-mail rules they use."""
    set_pseudonym(connection, salt(settings))
    connection.execute("SET VARIABLE email_rules = $1", [identity.named(settings.email_rules)])
    connection.execute(statements("macros/core"))
    connection.execute(statements("macros/erasure.sql"))


def update(
    connection: duckdb.DuckDBPyConnection, kinds: Mapping[str, Kind], settings: Settings, *, whole: bool
) -> bool:
    """Bring raw.tombstones up to the requests in checked_erasures, and make the table forgotten_now.

    forgotten_now (identity, alias, requested_at) holds the forgotten identities among the landed ones and those they
    connect with; among all stored ones if `whole`.

    Returns:
        Whether two forgotten people turned out to be one.
    """
    connection.execute(f"CREATE OR REPLACE TEMP TABLE requests AS {statements('raw/erasure/requests.sql')}")
    _request_by_phone(connection, kinds, settings, whole=whole)
    requested = frame(connection.sql("SELECT node AS a, other AS b FROM requests"))
    pairs = pl.concat([identity.landed_pairs(connection, kinds.values()), requested])
    if whole:
        pairs = pl.concat([pairs, frame(connection.sql("SELECT identity AS a, person AS b FROM vault.raw.identities"))])
    rules = identity.named(settings.email_rules)
    pairs = pl.concat([pairs, identity.alike(connection, pl.concat([pairs["a"], pairs["b"]]), rules)])
    with registered(connection, "linked", pairs):
        people = frame(connection.sql(statements("raw/erasure/linked_people.sql")))
    if requested.height or people["b"].str.starts_with("x:").any():
        people = pl.concat([people, frame(connection.sql(statements("raw/erasure/returned_people.sql")))])
    pairs = _as_leaves(pl.concat([pairs, people]).drop_nulls("a"))
    linked = pairs.drop_nulls("b")
    sets = identity.least(pl.concat([pairs["a"], linked["b"]]), linked["a"], linked["b"])
    return _store(connection, _with_phones(connection, kinds, settings, sets))


def _request_by_phone(
    connection: duckdb.DuckDBPyConnection, kinds: Mapping[str, Kind], settings: Settings, *, whole: bool
) -> None:
    """A request that names a number reaches everybody whose records name it, before and after the request lands."""
    now = frame(connection.sql("SELECT node AS phone, requested_at FROM requests WHERE starts_with(node, 'p:')"))
    if now.height:
        reached = phones.named_with(connection, kinds.values(), settings, now["phone"].unique())
        _request(connection, now.join(reached, on="phone"))
    earlier = frame(connection.sql(statements("raw/erasure/requests_by_phone.sql")))
    if earlier.height:
        landed = phones.landed_numbers(connection, kinds.values(), settings, stored=whole)
        with registered(connection, "landed_numbers", landed):
            keyed = frame(connection.sql("SELECT identity, keyed(phone, '') AS keyed FROM landed_numbers"))
        _request(connection, keyed.join(earlier, on="keyed"))


def _request(connection: duckdb.DuckDBPyConnection, reached: pl.DataFrame) -> None:
    """Add the identities to the requests."""
    with registered(connection, "reached", reached.select("identity", "requested_at")):
        connection.execute("INSERT INTO requests SELECT DISTINCT identity, identity, requested_at FROM reached")


def _as_leaves(pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs without those that would join people by a number; a number stays joined with its forgotten person."""
    a, b = pl.col("a"), pl.col("b")
    is_number = a.str.starts_with(phones.PREFIX)
    pairs = pairs.with_columns(b=pl.when(is_number & ~b.str.starts_with("x:")).then(None).otherwise(b))
    return pairs.filter(is_number | ~b.str.starts_with(phones.PREFIX).fill_null(value=False))


def _with_phones(
    connection: duckdb.DuckDBPyConnection, kinds: Mapping[str, Kind], settings: Settings, people: pl.DataFrame
) -> pl.DataFrame:
    """The sets (node, person) with the numbers that records of forgotten people name, each in one of their sets."""
    with registered(connection, "people", people):
        forgotten = frame(connection.sql(statements("raw/erasure/forgotten_sets.sql"))).select(person="name")
    members = people.join(forgotten, on="person", how="semi")
    if members.is_empty():
        return people
    named = phones.phones_of(connection, kinds.values(), settings, members["node"])
    # A number that was forgotten with somebody before stays with that person.
    known = people.filter(pl.col("node").str.starts_with("x:")).select("person")
    taken = people.filter(pl.col("node").str.starts_with(phones.PREFIX)).join(known, on="person", how="semi")
    found = (
        named.join(members, left_on="identity", right_on="node")
        .join(taken.select(phone="node"), on="phone", how="anti")
        .group_by(node="phone")
        .agg(pl.col("person").min())
    )
    return pl.concat([people.join(found, on="node", how="anti"), found]).sort("node")


def _store(connection: duckdb.DuckDBPyConnection, people: pl.DataFrame) -> bool:
    """Write the tombstones of connected sets (node, person: the set's name); whether two forgotten people are one."""
    with registered(connection, "people", people):
        sets = frame(connection.sql(statements("raw/erasure/forgotten_sets.sql")))
        sets = sets.with_columns(person=pl.coalesce("person", _random_identities(sets.height)))
        with registered(connection, "sets", sets):
            named = frame(connection.sql(statements("raw/erasure/forgotten_identities.sql")))
            [(joined,)] = connection.sql(statements("raw/erasure/joined_people.sql")).fetchall()
            connection.execute(statements("raw/erasure/update_tombstones.sql"))
    named = named.with_columns(
        alias=pl.coalesce("alias", _random_identities(named.height)), is_new=pl.col("alias").is_null()
    )
    with registered(connection, "named", named):
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE forgotten_now AS SELECT identity, min(alias) AS alias, "
            "min(requested_at) AS requested_at FROM named GROUP BY identity"
        )
        connection.execute(statements("raw/erasure/new_tombstones.sql"), {"rules": list(RULES)})
    return bool(joined)


def _random_identities(count: int) -> pl.Series:
    """Identities that stand for a person without saying whom."""
    return pl.Series("drawn", [f"x:{secrets.token_hex(16)}" for _ in range(count)], dtype=pl.String)
