"""One request to be forgotten, made by hand.

Here: whom the words mean, filing the request and carrying it out on the vault in one transaction, and what to tell
afterwards. Not here: what is taken out of a record (erase.py), core and the figures, which follow in the next night.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from pipelines.raw import identity
from pipelines.raw.check import make_tables
from pipelines.raw.erasure import erase, traces
from pipelines.raw.formats import install_macros
from pipelines.raw.kinds import Kind, read_kinds
from pipelines.settings import Settings
from pipelines.warehouse.quoting import identifier
from pipelines.warehouse.write import transaction

BY_HAND = "northstar erase"


class AmbiguousError(ValueError):
    """An id without its source is that of several people; the message names the choices."""


@dataclass(frozen=True)
class Forgotten:
    """What became of a request.

    is_known: the vault holds records of the person. records: rows of theirs by kind, cleaned now or before. identities:
    addresses and ids that were taken out of the vault now. files: paths in the landing folder that still hold them.
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
        who: an e-mail address, an id, or source:id.

    Raises:
        AmbiguousError: several people have that id; nothing was filed.
    """
    kinds = read_kinds(connection)
    install_macros(connection)
    erase.install(connection, settings)
    who = who.strip()
    mail, number = (who, None) if _is_address(connection, who) else (None, _qualified(connection, who))
    [(load_id, fingerprint, rules)] = connection.sql(
        "SELECT coalesce(max(load_id), 0) + 1, coalesce(max_by(formats_fingerprint, load_id), ''), "
        "coalesce(max_by(email_rules, load_id), '') FROM vault.raw.loads"
    ).fetchall()
    make_tables(connection, kinds.values())
    try:
        connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE lines_lost
                (file_id VARCHAR, row_number BIGINT, value VARCHAR, allowed VARCHAR)
            """
        ).fetchall()
        connection.execute(
            """
            INSERT INTO checked_erasures BY NAME
            SELECT $1::VARCHAR AS customer_email, $2::VARCHAR AS customer_id, $3::TIMESTAMPTZ AS requested_at,
                'canonical' AS source, $4 AS file_id, $5 AS row_number,
                coalesce(email_identity($1::VARCHAR), id_identity('canonical', $2::VARCHAR)) AS identity
            """,
            [mail, number, datetime.now(UTC), BY_HAND, load_id],
        ).fetchall()
        with transaction(connection):
            taken_out = erase.carry_out(connection, kinds, settings, load_id, whole=False)
            connection.execute(
                "INSERT INTO vault.raw.erasures BY NAME SELECT * EXCLUDE (refused) FROM checked_erasures"
            ).fetchall()
            if taken_out:
                identity.rebuild(connection, kinds.values(), load_id, rules)
            connection.execute(
                "INSERT INTO vault.raw.loads VALUES ($1, $2, 0, 0, now(), $3)", [load_id, fingerprint, rules]
            ).fetchall()
            traces.remove(connection, settings)
        return _told(connection, kinds, settings)
    finally:
        for table in [*(f"checked_{kind}" for kind in kinds), "lines_lost", *erase.TEMPORARY]:
            connection.execute(f"DROP TABLE IF EXISTS temp.{identifier(table)}").fetchall()


def _is_address(connection: duckdb.DuckDBPyConnection, who: str) -> bool:
    return bool(connection.execute("SELECT email_identity($1) IS NOT NULL", [who]).fetchall()[0][0])


def _qualified(connection: duckdb.DuckDBPyConnection, who: str) -> str:
    """The id as source:id, if it is one that only one source knows; a canonical one as it is."""
    found = connection.execute(
        """
        SELECT DISTINCT source
        FROM (SELECT DISTINCT source FROM vault.raw.orders UNION SELECT DISTINCT source FROM vault.raw.responses
            UNION SELECT DISTINCT source FROM vault.raw.customers
            UNION SELECT DISTINCT source FROM vault.raw.invitations)
        WHERE id_identity(source, $1) IN (SELECT identity FROM vault.raw.identities)
            OR keyed(id_identity(source, $1), '') IN (SELECT keyed FROM vault.raw.tombstones)
        ORDER BY ALL
        """,
        [who],
    ).fetchall()
    sources = [str(source) for (source,) in found]
    if len(sources) > 1:
        message = f"several sources have that id; write one of {', '.join(f'{name}:{who}' for name in sources)}"
        raise AmbiguousError(message)
    return f"{sources[0]}:{who}" if sources and sources[0] != "canonical" else who


def _told(connection: duckdb.DuckDBPyConnection, kinds: Mapping[str, Kind], settings: Settings) -> Forgotten:
    """What the vault holds of the person whose tombstones were just made or met."""
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE requests AS SELECT DISTINCT identity FROM vault.raw.tombstones
        WHERE person IN (SELECT t.person FROM vault.raw.tombstones AS t JOIN forgotten_now AS f ON f.alias = t.identity)
        """
    ).fetchall()
    files = {str(name) for (name,) in connection.sql("SELECT DISTINCT file_id FROM forgotten_files").fetchall()}
    records: dict[str, int] = {}
    for kind in kinds.values():
        for target, _, _ in kind.identities:
            rows = connection.sql(
                f"SELECT file_id, count(*) FROM vault.raw.{identifier(kind.name)} "
                f"WHERE {target} IN (SELECT identity FROM requests) GROUP BY ALL"
            ).fetchall()
            files |= {str(name) for name, _ in rows}
            if rows:
                records[kind.name] = records.get(kind.name, 0) + sum(count for _, count in rows)
    hers = "WHERE identity IN (SELECT identity FROM requests)"
    follows = connection.sql(
        f"""
        SELECT file_id FROM vault.raw.order_lines
        WHERE (source, impersonal(order_id)) IN (SELECT (source, order_id) FROM forgotten_orders {hers})
        UNION
        SELECT file_id FROM vault.raw.responses
        WHERE (source, response_id) IN (SELECT (source, response_id) FROM forgotten_answers {hers})
        UNION
        SELECT file_id FROM vault.raw.follow_ups WHERE lower(impersonal(response_id)) IN (
            SELECT unnest([lower(response_id), lower(published_id(source, response_id))])
            FROM forgotten_answers {hers})
        """
    ).fetchall()
    files |= {str(name) for (name,) in follows}
    mails = connection.sql("SELECT identity[3:] FROM forgotten_now WHERE starts_with(identity, 'e:')").fetchall()
    [(identities,)] = connection.sql("SELECT count(*) FROM forgotten_now").fetchall()
    return Forgotten(
        bool(records),
        records,
        identities,
        traces.landing_files(connection, settings, files, [str(mail) for (mail,) in mails]),
    )
