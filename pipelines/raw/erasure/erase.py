"""Who asked to be forgotten: known again by keyed hashes, and taken out of every record of theirs.

Here: from requests to raw.tombstones, and the one cleaning of landed and of stored rows, in the transaction of a load
and before anything of the load is stored. Not here: the command (request.py), names of files
and audiences (traces.py), who is who among the others (identity.py), core, and writing the files anew
(pipelines/warehouse/compact.py).

A request reaches every identity that records ever connected with the one it names. What they did up to the request is
forgotten: score, money, times and things stay, under an identity drawn at random; whatever says who they are or is in
their words goes. What is dated later is a new acquaintance. Undated records (accounts without registered_at) are old.
Which records those are depends on what landed, not on when: a request may come before, with or after them.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

import duckdb
import polars as pl

from pipelines.raw import identity
from pipelines.raw.kinds import Column, Kind
from pipelines.settings import Settings
from pipelines.warehouse.connection import salt, set_pseudonym, statements
from pipelines.warehouse.frames import frame, registered
from pipelines.warehouse.quoting import identifier, literal

# Texts that stay: ids of things (one that holds an address becomes a pseudonym, as core would publish it), and words
# that name things (addresses in them masked). Every other text of a forgotten record goes, a column added later too.
IDS = frozenset({"response_id", "order_id", "order_number", "line_id", "invitation_id", "referral_id"})
WORDS = frozenset(
    {"survey", "stage", "language", "channel", "currency", "status", "country", "gender", "tier"}
    | {"sku", "product", "product_category", "brand", "owner", "outcome"}
)
# Every set of rules: a forgotten person stays known when NORTHSTAR_EMAIL_RULES changes.
RULES = ("", "plus_tags", "gmail_dots", "plus_tags,gmail_dots")
TEMPORARY = (
    "requests",
    "forgotten_now",
    "forgotten_orders",
    "forgotten_answers",
    "forgotten_files",
)


def is_due(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether anybody was or is to be forgotten; everybody else pays no more than this question."""
    return bool(
        connection.sql(
            "SELECT (SELECT count(*) FROM vault.raw.tombstones) + (SELECT count(*) FROM temp.checked_erasures)"
        ).fetchall()[0][0]
    )


def carry_out(
    connection: duckdb.DuckDBPyConnection, kinds: Mapping[str, Kind], settings: Settings, load_id: int, *, whole: bool
) -> bool:
    """Forget in the tables checked_<kind> and in the vault; whether stored rows changed.

    Args:
        connection: inside the transaction of a load, whose rows are not stored yet.
        kinds: the kinds of record.
        settings: the salt, the e-mail rules and the attributes that are published.
        load_id: of this load.
        whole: look at everybody, not only at those whom the landed rows name.
    """
    connection.execute("CREATE OR REPLACE TEMP TABLE forgotten_files (file_id VARCHAR)").fetchall()
    if not is_due(connection):
        return False
    install(connection, settings)
    _read_requests(connection)
    moved = _bury(connection, kinds, settings, whole=whole)
    changed = 0
    for place in ("temp.checked_{}", "vault.raw.{}"):
        for kind in kinds.values():
            for target, _, _ in kind.identities:
                changed += _clean(connection, kind, place.format(kind.name), target, settings) * place.startswith(
                    "vault"
                )
    changed += _clean_what_follows(connection, kinds)
    changed += _clean_refused(connection, kinds)
    _hash_requests(connection)
    if changed or moved:
        connection.execute("INSERT OR IGNORE INTO vault.raw.rewrites VALUES ($1)", [load_id]).fetchall()
    return bool(changed or moved)


def install(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Make the macros of sql/macros/core and erasure.sql available, with the salt and the e-mail rules they use."""
    set_pseudonym(connection, salt(settings))
    connection.execute("SET VARIABLE email_rules = $1", [identity.named(settings.email_rules)])
    connection.execute(statements("macros/core"))
    connection.execute(statements("macros/erasure.sql"))


def _read_requests(connection: duckdb.DuckDBPyConnection) -> None:
    """The identities that requests name; an id may be written as source:id."""
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE requests AS
        SELECT DISTINCT unnest(list_filter([identity, id_identity(source, customer_id),
                CASE WHEN strpos(customer_id, ':') > 0 THEN 'i:' || customer_id END], lambda i: i IS NOT NULL)) AS node,
            identity AS other, requested_at
        FROM checked_erasures WHERE refused IS NULL AND identity IS NOT NULL
        """
    ).fetchall()


def _bury(connection: duckdb.DuckDBPyConnection, kinds: Mapping[str, Kind], settings: Settings, *, whole: bool) -> bool:
    """Bring raw.tombstones up to the requests and links; forgotten_now tells whose identities are forgotten."""
    rules = identity.named(settings.email_rules)
    asked = frame(connection.sql("SELECT node AS a, other AS b FROM requests"))
    pairs = pl.concat([identity.landed_pairs(connection, kinds.values()), asked])
    if whole:
        pairs = pl.concat([pairs, frame(connection.sql("SELECT identity AS a, person AS b FROM vault.raw.identities"))])
    pairs = pl.concat([pairs, identity.alike(connection, pl.concat([pairs["a"], pairs["b"]]), rules)])
    with registered(connection, "linked", pairs):
        met = frame(
            connection.sql(
                """
                WITH nodes AS (SELECT a AS identity FROM linked UNION SELECT b FROM linked),
                known AS (
                    SELECT identity, person FROM vault.raw.identities WHERE person IN (
                        SELECT person FROM vault.raw.identities SEMI JOIN nodes USING (identity))
                )
                SELECT identity AS a, person AS b FROM known
                UNION
                SELECT n.identity, t.person
                FROM (FROM nodes UNION SELECT identity FROM known) AS n
                JOIN vault.raw.tombstones AS t ON t.keyed = ruled(n.identity)
                """
            )
        )
    if asked.height or met["b"].str.starts_with("x:").any():
        # They may have come again since, under addresses and ids that the landed rows do not name.
        again = "SELECT i.identity AS a, t.person AS b FROM vault.raw.identities AS i "
        again += "JOIN (SELECT DISTINCT keyed, person FROM vault.raw.tombstones) AS t ON t.keyed = ruled(i.identity)"
        met = pl.concat([met, frame(connection.sql(again))])
    pairs = pl.concat([pairs, met]).drop_nulls("a")
    linked = pairs.drop_nulls("b")
    people = identity.least(pl.concat([pairs["a"], linked["b"]]), linked["a"], linked["b"])
    return _store_tombstones(connection, people)


def _store_tombstones(connection: duckdb.DuckDBPyConnection, people: pl.DataFrame) -> bool:
    """From connected identities (node, person: the set's name) to tombstones; whether two forgotten people met."""
    with registered(connection, "people", people):
        sets = frame(
            connection.sql(
                """
                SELECT p.person AS name, min(t.person) AS person, max(t.requested_at) AS requested_at
                FROM people AS p
                JOIN (
                    SELECT person AS node, person, requested_at FROM vault.raw.tombstones
                    UNION ALL SELECT node, NULL, requested_at FROM requests
                ) AS t USING (node)
                GROUP BY ALL ORDER BY ALL
                """
            )
        )
        sets = sets.with_columns(person=pl.coalesce("person", _drawn(sets.height)))
        with registered(connection, "sets", sets):
            named = frame(
                connection.sql(
                    """
                    SELECT p.node AS identity, s.person, s.requested_at, t.identity AS alias
                    FROM people AS p
                    JOIN sets AS s ON s.name = p.person
                    LEFT JOIN (SELECT DISTINCT keyed, identity FROM vault.raw.tombstones) AS t
                        ON t.keyed = keyed(p.node, '')
                    WHERE NOT starts_with(p.node, 'x:') ORDER BY ALL
                    """
                )
            )
            moved = connection.sql(
                """
                SELECT count(*) FROM vault.raw.tombstones AS t
                JOIN people AS p ON p.node = t.person JOIN sets AS s ON s.name = p.person
                WHERE t.person <> s.person
                """
            ).fetchall()[0][0]
            connection.execute(
                """
                UPDATE vault.raw.tombstones AS t SET person = s.person, requested_at = s.requested_at
                FROM people AS p JOIN sets AS s ON s.name = p.person
                WHERE p.node = t.person AND (t.person, t.requested_at) <> (s.person, s.requested_at)
                """
            ).fetchall()
    is_new = named["alias"].is_null()
    named = named.with_columns(alias=pl.coalesce("alias", _drawn(named.height)), is_new=is_new)
    with registered(connection, "named", named):
        connection.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE forgotten_now AS
                SELECT identity, min(alias) AS alias, min(requested_at) AS requested_at FROM named GROUP BY identity;
            INSERT INTO vault.raw.tombstones
                SELECT DISTINCT keyed(n.identity, r.rules), f.alias, n.person, n.requested_at
                FROM named AS n JOIN forgotten_now AS f USING (identity)
                CROSS JOIN (SELECT unnest([{", ".join(map(literal, RULES))}]) AS rules) AS r
                WHERE n.is_new ORDER BY ALL
            """
        ).fetchall()
    return bool(moved)


def _drawn(count: int) -> pl.Series:
    """Identities of nobody, as random as the system can."""
    return pl.Series("drawn", [f"x:{secrets.token_hex(16)}" for _ in range(count)], dtype=pl.String)


def _clean(connection: duckdb.DuckDBPyConnection, kind: Kind, table: str, target: str, settings: Settings) -> int:
    """Clean the records whose identity column `target` names somebody who is forgotten; how many."""
    # An account that says no more of its age than that it was changed is an old one.
    moment = "registered_at" if kind.name == "customers" else kind.main_time
    old = f"({moment} IS NULL OR {moment} <= f.requested_at)"
    if table.startswith("temp."):
        old += " AND refused IS NULL"
    sets = _cleaned(kind, target, settings)
    if kind.name == "erasures":
        return 0
    files = f"SELECT DISTINCT file_id FROM {table} AS t JOIN forgotten_now AS f ON f.identity = t.{target} WHERE {old}"
    connection.execute(f"INSERT INTO forgotten_files {files}").fetchall()
    return _count(
        connection, f"UPDATE {table} AS t SET {sets} FROM forgotten_now AS f WHERE f.identity = t.{target} AND {old}"
    )


def _cleaned(kind: Kind, target: str, settings: Settings) -> str:
    """The assignments that take a person out of a record."""
    [(mail, number)] = [(mail, number) for name, mail, number in kind.identities if name == target]
    others = {mail_ for name, mail_, _ in kind.identities if name != target}
    cleaned = {target: "f.alias", "extra": "NULL", mail: "NULL"}
    for column in kind.columns:
        if column.type == "VARCHAR" and column.name not in {mail, *others}:
            cleaned[column.name] = _kept(column)
    if number:
        # A record must name somebody where the kind demands it.
        cleaned[number] = "f.alias" if kind.either else "NULL"
    if "answers" in kind.provenance:
        cleaned["answers"] = "NULL"
    if kind.name == "customers":
        cleaned |= {name: _published(name, settings) for name in ("extra", "attributes")}
    return ", ".join(f"{identifier(name)} = {value}" for name, value in cleaned.items())


def _kept(column: Column) -> str:
    """What is left of a text: an id or a word without addresses; that there was a comment; else nothing."""
    name = identifier(column.name)
    if column.name in IDS:
        return f"impersonal({name})"
    if column.name in WORDS:
        return f"label({name})"
    return f"CASE WHEN {name} IS NOT NULL THEN '' END" if column.name == "comment" else "NULL"


def _published(name: str, settings: Settings) -> str:
    """Of the JSON object in a text column the members that NORTHSTAR_ATTRIBUTES lets out: the figures need them."""
    if not settings.attributes:
        return "NULL"
    paths = {one: literal(f'$."{one}"') for one in settings.attributes}
    members = ", ".join(f"{literal(one)}, label(json_extract_string({name}, {paths[one]}))" for one in paths)
    kept = f"nullif(json_merge_patch('{{}}', json_object({members}))::VARCHAR, '{{}}')"
    return f"CASE WHEN json_valid({name}) AND json_type({name}::JSON) = 'OBJECT' THEN {kept} END"


def _clean_what_follows(connection: duckdb.DuckDBPyConnection, kinds: Mapping[str, Kind]) -> int:
    """Records that name nobody, but an order or an answer of somebody who is forgotten."""
    both = "(FROM (SELECT {0} FROM temp.checked_{1} WHERE refused IS NULL) UNION ALL SELECT {0} FROM vault.raw.{1})"
    stones = "JOIN (SELECT DISTINCT identity, requested_at FROM vault.raw.tombstones) AS s USING (identity)"
    orders = both.format("source, order_id, order_number, identity", "orders")
    answers = both.format("source, response_id, identity, order_id, responded_at", "responses")
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE forgotten_orders AS
            SELECT DISTINCT identity, source, order_id, order_number, requested_at FROM {orders} AS o {stones};
        CREATE OR REPLACE TEMP TABLE forgotten_answers AS
            SELECT identity, source, response_id, true AS is_named FROM {answers} AS a {stones}
            UNION
            SELECT o.identity, a.source, a.response_id, false
            FROM (SELECT *, unnest(meant_names(order_id)) AS name FROM {answers} WHERE identity IS NULL) AS a
            JOIN (SELECT *, unnest(order_names(source, order_id, order_number)) AS name FROM forgotten_orders) AS o
                ON o.name = a.name AND a.responded_at <= o.requested_at
        """
    ).fetchall()
    lines = _text_left(kinds["order_lines"])
    notes = _text_left(kinds["follow_ups"])
    changed = 0
    for place in ("temp.checked_", "vault.raw."):
        stored = place.startswith("vault")
        changed += stored * _count(
            connection,
            f"UPDATE {place}order_lines AS t SET {lines[0]} WHERE ({lines[1]}) AND (source, impersonal(order_id)) IN "
            "(SELECT (source, order_id) FROM forgotten_orders)",
        )
        changed += stored * _count(
            connection,
            f"UPDATE {place}responses AS t SET comment = CASE WHEN comment IS NOT NULL THEN '' END, answers = NULL, "
            "extra = NULL, customer_email = NULL, customer_id = NULL WHERE identity IS NULL "
            "AND (comment <> '' OR answers IS NOT NULL OR extra IS NOT NULL OR customer_email IS NOT NULL) "
            "AND (source, response_id) IN (SELECT (source, response_id) FROM forgotten_answers WHERE NOT is_named)",
        )
        changed += stored * _count(
            connection,
            f"UPDATE {place}follow_ups AS t SET {notes[0]} WHERE ({notes[1]}) AND lower(impersonal(response_id)) IN "
            "(SELECT unnest([lower(response_id), lower(published_id(source, response_id))]) FROM forgotten_answers)",
        )
    return changed


def _text_left(kind: Kind) -> tuple[str, str]:
    """Assignments that clean a record without an identity of its own, and whether there is anything to clean."""
    cleaned = {column.name: _kept(column) for column in kind.columns if column.type == "VARCHAR"} | {"extra": "NULL"}
    assigned = ", ".join(f"{identifier(name)} = {value}" for name, value in cleaned.items())
    return assigned, " OR ".join(f"{identifier(name)} IS DISTINCT FROM {value}" for name, value in cleaned.items())


def refused_identity(kind: Kind) -> str:
    """SQL on checked_<kind>: whom a refused row is about, its id before its address, which the record itself holds."""
    if kind.name == "erasures" or not kind.identities:
        return "NULL"
    target, _, number = kind.identities[0]
    who = f"coalesce(id_identity(source, {identifier(number)}), {target})" if number else target
    # Where the record was taken out, whose it was goes too.
    return f"CASE WHEN refused->>'record' IS NOT NULL THEN {who} END"


def refused_key(kind: Kind) -> str:
    """SQL on checked_<kind>: the key of a refused row; where that names somebody it goes with the record."""
    return f"CASE WHEN refused->>'record' IS NOT NULL THEN {kind.key} END" if "identity" in kind.key else kind.key


def _clean_refused(connection: duckdb.DuckDBPyConnection, kinds: Mapping[str, Kind]) -> int:
    """Refused rows and lost lines that hold an address or id of somebody who is forgotten, whenever they are of."""
    bare = "json_object('reason', refused->>'reason', 'column', refused->>'column', 'allowed', refused->>'allowed')"
    for kind in kinds.values():
        who = f"is_forgotten(list_append(addresses(refused), {refused_identity(kind)}))"
        where = "refused IS NOT NULL" if kind.name == "erasures" else f"refused IS NOT NULL AND {who}"
        connection.execute(
            f"UPDATE temp.{identifier(f'checked_{kind.name}')} SET refused = {bare} WHERE {where}"
        ).fetchall()
    connection.execute(
        "UPDATE temp.lines_lost SET value = NULL WHERE is_forgotten(addresses(value)) "
        "OR file_id IN (SELECT file_id FROM checked_erasures)"
    ).fetchall()
    held = "list_append(list_concat(addresses(record::VARCHAR), addresses(value)), identity)"
    where = f"(record IS NOT NULL OR value IS NOT NULL) AND is_forgotten({held})"
    connection.execute(f"INSERT INTO forgotten_files SELECT file_id FROM vault.raw.rejected WHERE {where}").fetchall()
    named = [kind.name for kind in kinds.values() if "identity" in kind.key]
    connection.execute(
        f"UPDATE vault.raw.rejected SET record_key = NULL WHERE {where} AND kind IN {tuple(named)}"
    ).fetchall()
    return _count(
        connection, f"UPDATE vault.raw.rejected SET record = NULL, value = NULL, identity = NULL WHERE {where}"
    )


def _hash_requests(connection: duckdb.DuckDBPyConnection) -> None:
    """Requests are kept without saying whom they are about."""
    connection.execute(
        """
        UPDATE checked_erasures SET identity = NULL, extra = NULL,
            customer_email = keyed(coalesce(email_identity(customer_email), customer_email), ''),
            customer_id = keyed(id_identity(source, customer_id), '')
        """
    ).fetchall()


def _count(connection: duckdb.DuckDBPyConnection, statement: str) -> int:
    return int(connection.execute(statement).fetchall()[0][0])
