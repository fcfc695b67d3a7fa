"""One request to be forgotten, made by hand.

Here: whom it means, filing it and carrying it out on the vault in one transaction, and the report afterwards. Not here:
what is cleared in a record (erase.py), core and the figures, which follow in the next night.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb
import polars as pl

from pipelines.phone_numbers import e164
from pipelines.raw import identity, phones
from pipelines.raw.check import ADDED, make_tables
from pipelines.raw.erasure import erase, tombstones, traces
from pipelines.raw.kinds import Kind, read_kinds
from pipelines.raw.macros import install_macros
from pipelines.settings import Settings
from pipelines.warehouse.frames import registered
from pipelines.warehouse.quoting import identifier
from pipelines.warehouse.sql_files import statements
from pipelines.warehouse.write import transaction

BY_HAND = "northstar erase"


class AmbiguousError(ValueError):
    """An id without its source, or a phone number, belongs to several people; the message says what to name instead."""


@dataclass(frozen=True)
class Forgotten:
    """What became of a request.

    is_known: the vault holds records of the person. records: their rows by kind, cleaned now or before. identities:
    addresses and ids that were removed from the vault now. files: paths in the landing folder that still hold them.
    """

    is_known: bool
    records: Mapping[str, int]
    identities: int
    files: list[str]


def forget(connection: duckdb.DuckDBPyConnection, settings: Settings, who: str) -> Forgotten:
    """File an erasure of everything up to now and carry it out on the vault.

    Args:
        connection: catalog `vault`, under the lock.
        settings: salt, e-mail rules, landing folder.
        who: an e-mail address, an id, source:id, or a phone number.

    Raises:
        AmbiguousError: several people have that id or number; nothing was filed.
    """
    kinds = read_kinds(connection)
    install_macros(connection)
    tombstones.install(connection, settings)
    who = who.strip()
    [(load_id, fingerprint, rules)] = connection.sql(
        "SELECT coalesce(max(load_id), 0) + 1, coalesce(max_by(formats_fingerprint, load_id), ''), "
        "coalesce(max_by(email_rules, load_id), '') FROM vault.raw.loads"
    ).fetchall()
    make_tables(connection, kinds.values())
    try:
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE lines_lost "
            "(file_id VARCHAR, row_number BIGINT, value VARCHAR, allowed VARCHAR, reason VARCHAR)"
        )
        request = _request(connection, kinds, settings, who) | {"requested_at": datetime.now(UTC)}
        connection.execute(
            statements("raw/erasure/request_by_hand.sql"), request | {"file_id": BY_HAND, "row_number": load_id}
        )
        with transaction(connection):
            cleaned = erase.carry_out(connection, kinds, settings, load_id, whole=False)
            connection.execute(
                f"INSERT INTO vault.raw.erasures BY NAME SELECT * EXCLUDE ({', '.join(ADDED)}) FROM checked_erasures"
            )
            if cleaned:
                identity.rebuild(connection, kinds.values(), load_id, rules)
            connection.execute(
                "INSERT INTO vault.raw.loads VALUES ($1, $2, 0, 0, now(), $3)", [load_id, fingerprint, rules]
            )
            traces.remove(connection, settings, changed=cleaned)
        return _report(connection, kinds, settings)
    finally:
        for table in [*(f"checked_{kind}" for kind in kinds), "lines_lost", *erase.TEMPORARY]:
            connection.execute(f"DROP TABLE IF EXISTS temp.{identifier(table)}")


def _request(
    connection: duckdb.DuckDBPyConnection, kinds: Mapping[str, Kind], settings: Settings, who: str
) -> dict[str, str | None]:
    """The address, the id or the number that is meant. Digits that are an id of somebody are no phone number.

    Raises:
        AmbiguousError: several people have that id or number.
    """
    request: dict[str, str | None] = {"email": None, "id": None, "phone": None}
    if _is_address(connection, who):
        return request | {"email": who}
    phone = None if ":" in who or _sources(connection, who) else e164(who, settings.country)
    if phone is None:
        return request | {"id": _qualified(connection, who)}
    named = phones.named_with(connection, kinds.values(), settings, pl.Series([phones.PREFIX + phone]))
    with registered(connection, "named", named):
        [(people,)] = connection.sql(statements("raw/erasure/people_of_number.sql")).fetchall()
    if people > 1:
        message = f"{people} people have that phone number; name one of them by an address or an id"
        raise AmbiguousError(message)
    return request | {"phone": phone}


def _is_address(connection: duckdb.DuckDBPyConnection, who: str) -> bool:
    return bool(connection.sql("SELECT email_identity($1) IS NOT NULL", params=[who]).fetchall()[0][0])


def _qualified(connection: duckdb.DuckDBPyConnection, who: str) -> str:
    """The id as source:id if it belongs to another source than the canonical one.

    Raises:
        AmbiguousError: several sources have that id.
    """
    sources = _sources(connection, who)
    if len(sources) > 1:
        message = f"several sources have that id; write one of {', '.join(f'{name}:{who}' for name in sources)}"
        raise AmbiguousError(message)
    return f"{sources[0]}:{who}" if sources and sources[0] != "canonical" else who


def _sources(connection: duckdb.DuckDBPyConnection, who: str) -> list[str]:
    rows = connection.sql(statements("raw/erasure/sources_of_id.sql"), params={"id": who}).fetchall()
    return [str(source) for (source,) in rows]


def _report(connection: duckdb.DuckDBPyConnection, kinds: Mapping[str, Kind], settings: Settings) -> Forgotten:
    """What the vault holds of the person whose tombstones were just made or recognised."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE aliases AS SELECT DISTINCT identity FROM vault.raw.tombstones WHERE person IN "
        "(SELECT t.person FROM vault.raw.tombstones AS t JOIN forgotten_now AS f ON f.alias = t.identity)"
    )
    files = {str(name) for (name,) in connection.sql("SELECT DISTINCT file_id FROM forgotten_files").fetchall()}
    records: dict[str, int] = {}
    for kind in kinds.values():
        for target, _, _ in kind.identities:
            rows = connection.sql(
                f"SELECT file_id, count(*) FROM vault.raw.{identifier(kind.name)} "
                f"WHERE {target} IN (SELECT identity FROM aliases) GROUP BY ALL"
            ).fetchall()
            files |= {str(name) for name, _ in rows}
            if rows:
                records[kind.name] = records.get(kind.name, 0) + sum(count for _, count in rows)
    dependents = connection.sql(statements("raw/erasure/files_of_dependents.sql")).fetchall()
    files |= {str(name) for (name,) in dependents}
    emails = connection.sql("SELECT identity[3:] FROM forgotten_now WHERE starts_with(identity, 'e:')").fetchall()
    [(identities,)] = connection.sql("SELECT count(*) FROM forgotten_now").fetchall()
    return Forgotten(
        is_known=bool(records),
        records=records,
        identities=identities,
        files=traces.landing_files(connection, settings, files, [str(email) for (email,) in emails]),
    )
