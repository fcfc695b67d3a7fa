"""Forgetting: the people who asked for it are taken out of every record that names them.

Here: cleaning landed and stored rows alike, in the transaction of a load and before the load stores anything. Not here:
who is forgotten (tombstones.py), the command (request.py), names of files and audiences (traces.py), core, and writing
the database files anew (pipelines/warehouse/compact.py).

What a person did up to the request is forgotten: score, money, times and products stay, under a random identity;
whatever says who they are, or is in their own words, is cleared. What is dated later is a new acquaintance. Undated
records (accounts without registered_at) count as old. Which records these are depends on what landed, not on when: a
request may come before, with or after them.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from pipelines.raw.erasure import tombstones
from pipelines.raw.kinds import Column, Kind
from pipelines.settings import Settings
from pipelines.warehouse.quoting import identifier, literal
from pipelines.warehouse.sql_files import statements
from pipelines.warehouse.write import changed_rows

# Texts that stay: ids of things (one that holds an address becomes a pseudonym, as core would publish it), and words
# that name things (addresses in them are masked). Every other text of a forgotten record is cleared, so that a column
# added later is too.
IDS = frozenset({"response_id", "order_id", "order_number", "line_id", "invitation_id", "referral_id"})
WORDS = frozenset(
    {"survey", "stage", "language", "channel", "currency", "status", "country", "gender", "tier"}
    | {"sku", "product", "product_category", "brand", "owner", "outcome"}
)
TEMPORARY = ("requests", "aliases", "forgotten_now", "forgotten_orders", "forgotten_answers", "forgotten_files")


def is_due(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether anybody was or is to be forgotten; a shop where nobody was pays for this question only."""
    [(requests,)] = connection.sql(
        "SELECT (SELECT count(*) FROM vault.raw.tombstones) + (SELECT count(*) FROM temp.checked_erasures)"
    ).fetchall()
    return bool(requests)


def carry_out(
    connection: duckdb.DuckDBPyConnection, kinds: Mapping[str, Kind], settings: Settings, load_id: int, *, whole: bool
) -> bool:
    """Forget in the tables checked_<kind> and in the vault.

    Args:
        connection: inside the transaction of a load, whose rows are not stored yet.
        kinds: the kinds of record.
        settings: the salt, the e-mail rules and the attributes that are published.
        load_id: of this load.
        whole: look at everybody, not only at those whom the landed rows name.

    Returns:
        Whether stored rows changed.
    """
    connection.execute("CREATE OR REPLACE TEMP TABLE forgotten_files (file_id VARCHAR)")
    if not is_due(connection):
        return False
    tombstones.install(connection, settings)
    joined = tombstones.update(connection, kinds, settings, whole=whole)
    changed = 0
    for kind in kinds.values():
        for target, _, _ in kind.identities:
            _clean(connection, kind, f"temp.checked_{kind.name}", target, settings)
            changed += _clean(connection, kind, f"vault.raw.{kind.name}", target, settings)
    changed += _clean_dependents(connection, kinds)
    changed += _clean_refused(connection, kinds)
    connection.execute(statements("raw/erasure/hash_requests.sql"))
    if changed or joined:
        connection.execute("INSERT OR IGNORE INTO vault.raw.rewrites VALUES ($1)", [load_id])
    return bool(changed or joined)


def _clean(connection: duckdb.DuckDBPyConnection, kind: Kind, table: str, target: str, settings: Settings) -> int:
    """Clean the records whose identity column `target` names somebody who is forgotten; returns how many."""
    if kind.name == "erasures":
        return 0
    # An account that says no more of its age than when it was last changed counts as old.
    moment = "registered_at" if kind.name == "customers" else kind.main_time
    matches = f"f.identity = t.{target} AND ({moment} IS NULL OR {moment} <= f.requested_at)"
    if table.startswith("temp."):
        matches += " AND refused IS NULL"
    connection.execute(
        f"INSERT INTO forgotten_files SELECT DISTINCT file_id FROM {table} AS t JOIN forgotten_now AS f ON {matches}"
    )
    assigned = _assignments(_cleaned_record(kind, target, settings))
    return changed_rows(connection, f"UPDATE {table} AS t SET {assigned} FROM forgotten_now AS f WHERE {matches}")


def _cleaned_record(kind: Kind, target: str, settings: Settings) -> dict[str, str]:
    """What the columns of a record become when the person in its identity column `target` is taken out."""
    [(mail, number)] = [(mail, number) for name, mail, number in kind.identities if name == target]
    other_mails = {other for name, other, _ in kind.identities if name != target}
    cleaned = {target: "f.alias", "extra": "NULL", mail: "NULL"}
    if "phone_identity" in kind.provenance:
        cleaned["phone_identity"] = "NULL"
    for column in kind.columns:
        if column.type == "VARCHAR" and column.name not in {mail, *other_mails}:
            cleaned[column.name] = _cleaned_text(column)
    if number:
        # A record must name somebody where its kind demands it.
        cleaned[number] = "f.alias" if kind.either else "NULL"
    if "answers" in kind.provenance:
        cleaned["answers"] = "NULL"
    if kind.name == "customers":
        cleaned |= {name: _published_members(name, settings) for name in ("extra", "attributes")}
    return cleaned


def _cleaned_text(column: Column) -> str:
    """What remains of a text: an id or a word without addresses; an empty comment; else nothing."""
    name = identifier(column.name)
    if column.name in IDS:
        return f"impersonal({name})"
    if column.name in WORDS:
        return f"label({name})"
    return f"CASE WHEN {name} IS NOT NULL THEN '' END" if column.name == "comment" else "NULL"


def _published_members(name: str, settings: Settings) -> str:
    """The members of the JSON object in a text column that NORTHSTAR_ATTRIBUTES publishes: figures are made of them."""
    if not settings.attributes:
        return "NULL"
    paths = {one: literal(f'$."{one}"') for one in settings.attributes}
    members = ", ".join(f"{literal(one)}, label(json_extract_string({name}, {path}))" for one, path in paths.items())
    published = f"nullif(json_merge_patch('{{}}', json_object({members}))::VARCHAR, '{{}}')"
    return f"CASE WHEN json_valid({name}) AND json_type({name}::JSON) = 'OBJECT' THEN {published} END"


def _assignments(values: Mapping[str, str]) -> str:
    return ", ".join(f"{identifier(name)} = {value}" for name, value in values.items())


def _clean_dependents(connection: duckdb.DuckDBPyConnection, kinds: Mapping[str, Kind]) -> int:
    """Clean records that name nobody, but an order or an answer of somebody forgotten; returns how many stored ones."""
    for name in ("forgotten_orders", "forgotten_answers"):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {statements(f'raw/erasure/{name}.sql')}")
    lines, line_differs = _cleaned_dependent(kinds["order_lines"])
    notes, note_differs = _cleaned_dependent(kinds["follow_ups"])
    answer_names = "unnest([lower(response_id), lower(published_id(source, response_id))])"
    changed = {}
    for place in ("temp.checked_", "vault.raw."):
        changed[place] = sum(
            changed_rows(connection, statement)
            for statement in (
                f"UPDATE {place}order_lines SET {lines} WHERE ({line_differs}) AND (source, impersonal(order_id)) IN "
                "(SELECT (source, order_id) FROM forgotten_orders)",
                f"UPDATE {place}responses SET comment = CASE WHEN comment IS NOT NULL THEN '' END, answers = NULL, "
                "extra = NULL, customer_email = NULL, customer_id = NULL, customer_phone = NULL WHERE identity IS NULL "
                "AND (comment <> '' OR answers IS NOT NULL OR extra IS NOT NULL "
                "OR customer_email IS NOT NULL OR customer_phone IS NOT NULL) "
                "AND (source, response_id) IN (SELECT (source, response_id) FROM forgotten_answers WHERE NOT is_named)",
                f"UPDATE {place}follow_ups SET {notes} WHERE ({note_differs}) AND lower(impersonal(response_id)) IN "
                f"(SELECT {answer_names} FROM forgotten_answers)",
            )
        )
    return changed["vault.raw."]


def _cleaned_dependent(kind: Kind) -> tuple[str, str]:
    """Assignments that clean a record without an identity of its own, and whether there is anything to clean."""
    cleaned = {column.name: _cleaned_text(column) for column in kind.columns if column.type == "VARCHAR"}
    cleaned["extra"] = "NULL"
    differs = " OR ".join(f"{identifier(name)} IS DISTINCT FROM {value}" for name, value in cleaned.items())
    return _assignments(cleaned), differs


def refused_identity(kind: Kind) -> str:
    """SQL on checked_<kind>: whom a refused row is about, its id before its address, which the record itself holds."""
    if kind.name == "erasures" or not kind.identities:
        return "NULL"
    target, _, number = kind.identities[0]
    who = f"coalesce(id_identity(source, {identifier(number)}), {target})" if number else target
    # A row whose record was cleared no longer says whom it was about.
    return f"CASE WHEN refused->>'record' IS NOT NULL THEN {who} END"


def refused_key(kind: Kind) -> str:
    """SQL on checked_<kind>: the key of a refused row, cleared with the record where it names somebody."""
    return f"CASE WHEN refused->>'record' IS NOT NULL THEN {kind.key} END" if "identity" in kind.key else kind.key


def _clean_refused(connection: duckdb.DuckDBPyConnection, kinds: Mapping[str, Kind]) -> int:
    """Clear refused rows and lost lines, of any date, that hold an identity of somebody who is forgotten."""
    bare = "json_object('reason', refused->>'reason', 'column', refused->>'column', 'allowed', refused->>'allowed')"
    for kind in kinds.values():
        names_one = f"is_forgotten(list_append(addresses(refused), {refused_identity(kind)}))"
        where = "refused IS NOT NULL" if kind.name == "erasures" else f"refused IS NOT NULL AND {names_one}"
        connection.execute(f"UPDATE temp.{identifier(f'checked_{kind.name}')} SET refused = {bare} WHERE {where}")
    connection.execute(
        "UPDATE temp.lines_lost SET value = NULL WHERE is_forgotten(addresses(value)) "
        "OR file_id IN (SELECT file_id FROM checked_erasures)"
    )
    identities = "list_append(list_concat(addresses(record::VARCHAR), addresses(value)), identity)"
    where = f"(record IS NOT NULL OR value IS NOT NULL) AND is_forgotten({identities})"
    connection.execute(f"INSERT INTO forgotten_files SELECT file_id FROM vault.raw.rejected WHERE {where}")
    keyed_by_person = [kind.name for kind in kinds.values() if "identity" in kind.key]
    connection.execute(
        f"UPDATE vault.raw.rejected SET record_key = NULL WHERE {where} AND kind IN {tuple(keyed_by_person)}"
    )
    cleared = "record = NULL, value = NULL, identity = NULL"
    return changed_rows(connection, f"UPDATE vault.raw.rejected SET {cleared} WHERE {where}")
