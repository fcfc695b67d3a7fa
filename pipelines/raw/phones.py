"""Whom a record names beside its address or id: phone numbers, and addresses that are nobody's.

Here: the identity p:<number> of records without an address and an id, which other records name that number, to whom a
number belongs, and NORTHSTAR_SHARED_ADDRESSES. Not here: how a number is read (pipelines/phone_numbers.py), how
addresses and ids join (identity.py).

The library reads one number at a time (4 s of processor per 100,000), so only numbers that can matter are read, each
once: those that must name a person, and among the others those that end in the same digits. A number never joins two
people: it belongs to the one person whose records name it with an address, else with an id, and to itself if they are
several. So what records say of a number changes no person that addresses and ids make, in whatever order they come.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import partial

import duckdb
import polars as pl

from pipelines.phone_numbers import e164, plans, region
from pipelines.raw.kinds import Kind
from pipelines.settings import Settings
from pipelines.warehouse.frames import frame, registered
from pipelines.warehouse.quoting import quoted
from pipelines.warehouse.sql_files import statements

LANDED, STORED = "temp.checked_{}", "vault.raw.{}"
PREFIX = "p:"
_STATE = "people"
# The last digits of a number are the same however it is written; an extension is no part of it.
_TAIL = "right(regexp_replace(regexp_replace(lower({}), '(x|ext|extension|#|\\.0+$).*$', ''), '\\D', '', 'g'), 6)"
_NUMBERS = {"number": pl.String, "country": pl.String, "phone": pl.String}


def fingerprint(settings: Settings) -> str:
    """Digest of what decides whom a record names, beside formats and e-mail rules."""
    parts = (settings.country, settings.shared_addresses, plans())
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def applied_fingerprint(connection: duckdb.DuckDBPyConnection) -> str | None:
    """The fingerprint by which the stored records were named."""
    rows = connection.execute("SELECT value FROM vault.raw.state WHERE name = $1", [_STATE]).fetchall()
    return str(rows[0][0]) if rows else None


def name_landed(connection: duckdb.DuckDBPyConnection, kinds: Mapping[str, Kind], settings: Settings) -> None:
    """Complete the identities in the tables checked_<kind>; stored rows learn which of their numbers serve."""
    _name(connection, list(kinds.values()), settings, LANDED)


def name_stored(connection: duckdb.DuckDBPyConnection, kinds: Mapping[str, Kind], settings: Settings) -> None:
    """Name the stored records anew, as if they landed under these settings; forgotten people stay forgotten."""
    stored = [kind for kind in kinds.values() if kind.name != "erasures"]
    for kind in stored:
        phone = ", phone_identity = NULL" if kind.has_phone else ""
        for target, email, number in kind.identities:
            plain = f"email_identity({email})" + (f", id_identity(source, {number})" if number else "")
            differs = f"{target} IS DISTINCT FROM coalesce({plain})"
            if kind.has_phone:
                differs += " OR phone_identity IS NOT NULL"
            connection.execute(
                f"UPDATE {_table(STORED, kind)} SET {target} = coalesce({plain}){phone} "
                f"WHERE ({differs}) AND NOT starts_with(coalesce({target}, ''), 'x:')"
            )
    _name(connection, stored, settings, STORED)


def remember(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Note the settings by which the stored records are named."""
    connection.execute("DELETE FROM vault.raw.state WHERE name = $1", [_STATE])
    connection.execute("INSERT INTO vault.raw.state (name, value) VALUES ($1, $2)", [_STATE, fingerprint(settings)])


def give_to_people(connection: duckdb.DuckDBPyConnection, kinds: Iterable[Kind], load_id: int) -> None:
    """Bring the phone numbers in raw.identities up to date, after addresses and ids are."""
    owners = [kind for kind in kinds if kind.has_phone]
    named = " UNION ".join(
        f"SELECT phone_identity AS phone, identity FROM {_table(STORED, kind)} WHERE phone_identity IS NOT NULL"
        for kind in owners
    )
    [(is_due,)] = connection.sql(
        f"SELECT EXISTS ({named}) "
        f"OR EXISTS (SELECT 1 FROM vault.raw.identities WHERE starts_with(identity, '{PREFIX}'))"
    ).fetchall()
    if not is_due:
        return
    _drop_idle(connection, owners)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE phones_named AS {named}")
    _store_moved(connection, load_id)
    for table in ("phones_named", "phones_moved"):
        connection.execute(f"DROP TABLE temp.{table}")


def _drop_idle(connection: duckdb.DuckDBPyConnection, owners: list[Kind]) -> None:
    """Forget which records name a number that no record needs any longer, as if it had never served."""
    naming = " UNION ".join(
        f"SELECT identity FROM {_table(STORED, kind)} WHERE identity IS NOT NULL" for kind in owners
    )
    for kind in owners:
        connection.execute(
            f"UPDATE {_table(STORED, kind)} SET phone_identity = NULL "
            f"WHERE phone_identity IS NOT NULL AND phone_identity NOT IN (SELECT identity FROM ({naming}))"
        )


def _store_moved(connection: duckdb.DuckDBPyConnection, load_id: int) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP TABLE phones_moved AS {statements('raw/identity/phones_moved.sql')}")
    connection.execute("DELETE FROM vault.raw.identities WHERE identity IN (SELECT phone FROM phones_moved)")
    # A person who loses a number is marked too, so that core looks at both.
    connection.execute(
        "UPDATE vault.raw.identities SET load_id = $1 WHERE identity IN (SELECT earlier FROM phones_moved)", [load_id]
    )
    connection.execute(
        "INSERT INTO vault.raw.identities "
        "SELECT phone, person, $1 FROM phones_moved WHERE person IS NOT NULL ORDER BY phone",
        [load_id],
    )


def phones_of(
    connection: duckdb.DuckDBPyConnection, kinds: Iterable[Kind], settings: Settings, nodes: pl.Series
) -> pl.DataFrame:
    """The numbers in landed and stored records of these identities, as pairs: identity, phone."""
    with registered(connection, "nodes", nodes.to_frame("identity")):
        rows = _rows(connection, kinds, "identity IN (SELECT identity FROM nodes)")
    read = rows.join(_read(rows, settings), on=["number", "country"], nulls_equal=True)
    return read.select("identity", phone=pl.format("p:{}", "phone")).unique().sort("identity", "phone")


def stored_numbers(
    connection: duckdb.DuckDBPyConnection, kinds: Iterable[Kind], settings: Settings, nodes: pl.Series
) -> pl.DataFrame:
    """The numbers (E.164) in stored records of these identities, as pairs: identity, phone."""
    with registered(connection, "nodes", nodes.to_frame("identity")):
        rows = _rows(connection, kinds, "identity IN (SELECT identity FROM nodes)", (STORED,))
    read = rows.join(_read(rows, settings), on=["number", "country"], nulls_equal=True)
    return read.select("identity", "phone").unique().sort("identity", "phone")


def landed_numbers(
    connection: duckdb.DuckDBPyConnection, kinds: Iterable[Kind], settings: Settings, *, stored: bool
) -> pl.DataFrame:
    """The identities and numbers of all landed records, and of all stored ones if wanted, as pairs: identity, phone."""
    rows = _rows(connection, kinds, "identity IS NOT NULL", (LANDED, STORED) if stored else (LANDED,))
    read = rows.join(_read(rows, settings), on=["number", "country"], nulls_equal=True)
    return read.select("identity", phone=pl.format("p:{}", "phone")).unique().sort("identity", "phone")


def named_with(
    connection: duckdb.DuckDBPyConnection, kinds: Iterable[Kind], settings: Settings, phones: pl.Series
) -> pl.DataFrame:
    """The identities of landed and stored records that name one of these numbers, as pairs: phone, identity."""
    wanted = phones.to_frame("phone")
    with registered(connection, "wanted", wanted):
        tails = f"{_TAIL.format('customer_phone')} IN (SELECT right(phone, 6) FROM wanted)"
        rows = _rows(connection, kinds, f"identity IS NOT NULL AND {tails}")
    read = rows.join(_read(rows, settings), on=["number", "country"], nulls_equal=True)
    read = read.select("identity", phone=pl.format("p:{}", "phone"))
    return read.join(wanted, on="phone", how="semi").select("phone", "identity").unique().sort("phone", "identity")


def _rows(
    connection: duckdb.DuckDBPyConnection,
    kinds: Iterable[Kind],
    where: str,
    places: tuple[str, ...] = (LANDED, STORED),
) -> pl.DataFrame:
    """Identity, number and country of accepted records with a number."""
    parts = [
        f"SELECT identity, customer_phone AS number, {_country(kind)} AS country FROM {_table(place, kind)} "
        f"WHERE customer_phone IS NOT NULL AND {where}{' AND refused IS NULL' if place == LANDED else ''}"
        for kind in kinds
        if kind.has_phone and kind.name != "erasures"
        for place in places
    ]
    return frame(connection.sql(" UNION ".join(parts)))


def _name(connection: duckdb.DuckDBPyConnection, kinds: list[Kind], settings: Settings, place: str) -> None:
    shared = _shared(settings)
    if shared:
        _take_shared_names(connection, kinds, shared, place)
    owners = [kind for kind in kinds if kind.has_phone]
    needed = _numbers(connection, owners, place, "(identity IS NULL OR {is_request})")
    naming = " UNION ".join(
        f"SELECT identity AS phone FROM {_table(STORED, kind)} WHERE starts_with(identity, '{PREFIX}')"
        for kind in owners
    )
    stored = frame(connection.sql(naming))
    if needed.is_empty() and stored.is_empty():
        return
    read = _read(needed, settings).with_columns(phone=pl.format("p:{}", "phone"))
    read = read.filter(~pl.col("phone").is_in(shared))
    _fill(connection, owners, place, read, "(identity IS NULL OR {is_request})")
    fresh = read.select("phone").unique().join(stored, on="phone", how="anti")
    serving = pl.concat([stored, fresh])
    _fill_others(connection, owners, settings, place, serving)
    if place == LANDED:
        _fill_others(connection, owners, settings, STORED, fresh)


def _fill_others(
    connection: duckdb.DuckDBPyConnection, kinds: list[Kind], settings: Settings, place: str, serving: pl.DataFrame
) -> None:
    """Note the serving numbers (phone) in records that have an address or an id too."""
    if serving.is_empty():
        return
    with registered(connection, "serving", serving):
        tails = f"{_TAIL.format('customer_phone')} IN (SELECT right(phone, 6) FROM serving)"
        found = _numbers(connection, kinds, place, f"identity IS NOT NULL AND phone_identity IS NULL AND {tails}")
    read = _read(found, settings).with_columns(phone=pl.format("p:{}", "phone"))
    read = read.join(serving, on="phone", how="semi")
    _fill(connection, kinds, place, read, "identity IS NOT NULL AND phone_identity IS NULL AND NOT {is_request}")


def _numbers(connection: duckdb.DuckDBPyConnection, kinds: list[Kind], place: str, where: str) -> pl.DataFrame:
    """The distinct numbers (number, country) of the rows of a place."""
    parts = [
        f"SELECT customer_phone AS number, {_country(kind)} AS country FROM {_table(place, kind)} "
        f"WHERE customer_phone IS NOT NULL AND {where.format(is_request=_is_request(kind))}"
        for kind in kinds
    ]
    return frame(connection.sql(" UNION ".join(parts)))


def _fill(connection: duckdb.DuckDBPyConnection, kinds: list[Kind], place: str, read: pl.DataFrame, where: str) -> None:
    """Set phone_identity, and a missing identity, of the rows whose number is in `read` (number, country, phone)."""
    if read.is_empty():
        return
    with registered(connection, "numbers_read", read):
        for kind in kinds:
            connection.execute(
                f"UPDATE {_table(place, kind)} AS t SET identity = coalesce(identity, n.phone), "
                "phone_identity = n.phone FROM numbers_read AS n "
                f"WHERE customer_phone = n.number AND {_country(kind, 't.')} IS NOT DISTINCT FROM n.country "
                f"AND {where.format(is_request=_is_request(kind))}"
            )


def _read(numbers: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """The numbers that can exist: number, country, phone (E.164). The library takes one at a time."""
    distinct = numbers.select("number", "country").unique()
    regions = map(partial(region, default=settings.country), distinct["country"].to_list())
    phones = list(map(e164, distinct["number"].to_list(), regions))
    read = distinct.with_columns(phone=pl.Series("phone", phones, dtype=pl.String)).drop_nulls("phone")
    return read.cast(pl.Schema(_NUMBERS)).sort("number", "country")


def _shared(settings: Settings) -> list[str]:
    """The entries of NORTHSTAR_SHARED_ADDRESSES as identities; *@domain stays as it is."""
    return [
        entry if entry.startswith("*") else f"{PREFIX if entry.startswith('+') else 'e:'}{entry}"
        for entry in settings.shared_addresses
    ]


def _take_shared_names(connection: duckdb.DuckDBPyConnection, kinds: list[Kind], shared: list[str], place: str) -> None:
    """Records under a shared address name the id they have, or nobody."""
    for kind in kinds:
        for target, _, number in kind.identities if kind.name != "erasures" else ():
            own = f"id_identity(source, {number})" if number else "NULL"
            connection.execute(
                f"UPDATE {_table(place, kind)} SET {target} = {own} WHERE starts_with({target}, 'e:') "
                f"AND list_has_any($1, [{target}, '*@' || split_part({target}, '@', 2)])",
                [shared],
            )


def _table(place: str, kind: Kind) -> str:
    return quoted(place.format(kind.name))


def _country(kind: Kind, table: str = "") -> str:
    return f"{table}country" if "country" in kind.names else "NULL::VARCHAR"


def _is_request(kind: Kind) -> str:
    return "true" if kind.name == "erasures" else "false"
