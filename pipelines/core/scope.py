"""Whose records are conformed: everybody's, or only those whom a new load can have changed.

Here: the temporary tables people, scope_orders, scope_responses and order_keys, and when everybody is due. Not here:
conforming. A person is the unit: orders, answers and their links of one person depend on nobody else's, but for
answers that declare another person's order, and the spend tiers, which conform.py looks after.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb

from pipelines.periods import Clock
from pipelines.settings import Settings
from pipelines.warehouse.connection import SQL, state

# No currency named anywhere in the data: all money is of one currency that has no name (ISO 4217 "no currency").
NO_CURRENCY = "XXX"
SCOPE_SETTINGS = ("timezone", "order_value_bands", "attributes", "publish_comments")


def reporting_currency(connection: duckdb.DuckDBPyConnection, settings: Settings) -> str | None:
    """The currency money is told in; None when several are seen and NORTHSTAR_CURRENCY is not set."""
    if settings.currency:
        return settings.currency
    seen = connection.sql(
        "SELECT DISTINCT currency FROM vault.raw.orders WHERE currency IS NOT NULL LIMIT 2"
    ).fetchall()
    if len(seen) > 1:
        return None
    return str(seen[0][0]) if seen else NO_CURRENCY


def fingerprint(connection: duckdb.DuckDBPyConnection, settings: Settings) -> str:
    """Of all that changes every core row: code, settings, reporting currency, formats, the year ages are told in."""
    digest = hashlib.sha256()
    code = [*Path(__file__).parent.glob("*.py"), *(SQL / "core").glob("*.sql"), SQL / "schema" / "core.sql"]
    for file in sorted([*code, *(SQL / "macros" / "core").glob("*.sql")]):
        digest.update(file.read_bytes())
    formats = connection.sql(
        "SELECT DISTINCT format, format_fingerprint FROM vault.raw.files WHERE status = 'loaded' ORDER BY ALL"
    ).fetchall()
    known = [(name, getattr(settings, name)) for name in SCOPE_SETTINGS]
    ages = Clock(settings.as_of, settings.timezone).today.year if "age_band" in settings.attributes else None
    digest.update(repr([known, reporting_currency(connection, settings), formats, ages]).encode())
    return digest.hexdigest()[:16]


def newest_load(connection: duckdb.DuckDBPyConnection) -> int:
    """The newest load of the vault, 0 before the first."""
    return int(connection.sql("SELECT coalesce(max(load_id), 0) FROM vault.raw.files").fetchall()[0][0])


def applied_load(connection: duckdb.DuckDBPyConnection) -> int:
    """The newest load that core holds."""
    return int(state(connection, "applied_load_id") or 0)


def everybody(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the scope tables for all records."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE people AS "
        "SELECT identity, pseudonym(person) AS customer_id FROM vault.raw.identities"
    )
    for kind, key in (("orders", "order_id"), ("responses", "response_id")):
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE scope_{kind} AS SELECT DISTINCT source, {key} FROM vault.raw.{kind}"
        )
    _order_keys(connection)


def touched_by(connection: duckdb.DuckDBPyConnection, applied: int) -> None:
    """Make the scope tables for the people whom loads after `applied` can have changed."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE touched_files AS SELECT file_id FROM vault.raw.files WHERE load_id > ?", [applied]
    )
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE touched_orders AS
        SELECT source, order_id FROM vault.raw.orders SEMI JOIN touched_files USING (file_id)
        UNION
        SELECT source, order_id FROM vault.raw.order_lines SEMI JOIN touched_files USING (file_id)
        UNION
        SELECT o.source, o.order_id
        FROM vault.raw.orders AS o
        JOIN (
            SELECT currency, min(date) AS first_date, max(date) AS last_date
            FROM vault.raw.exchange_rates SEMI JOIN touched_files USING (file_id) GROUP BY currency
        ) AS r ON r.currency = o.currency
            AND business_date(o.ordered_at) BETWEEN r.first_date AND r.last_date + 7
        """
    )
    # Answers that landed, and those that name a touched order: what they link to may have changed.
    touched_keys = _KEYS.format(
        orders="(SELECT o.* FROM vault.raw.orders AS o SEMI JOIN touched_orders USING (source, order_id))"
    )
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE touched_responses AS
        SELECT source, response_id FROM vault.raw.responses SEMI JOIN touched_files USING (file_id)
        UNION
        SELECT source, response_id FROM vault.raw.responses
        WHERE lower(trim(order_id)) IN (SELECT key FROM ({touched_keys}))
        """
    )
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE seeds AS
        SELECT identity FROM vault.raw.identities WHERE load_id > {applied:d}
        UNION SELECT person FROM vault.raw.identities WHERE load_id > {applied:d}
        UNION SELECT identity FROM vault.raw.customers SEMI JOIN touched_files USING (file_id)
        UNION SELECT identity FROM vault.raw.orders SEMI JOIN touched_orders USING (source, order_id)
        UNION SELECT identity FROM vault.raw.responses SEMI JOIN touched_responses USING (source, response_id)
        UNION SELECT o.identity FROM vault.raw.orders AS o SEMI JOIN (
            SELECT k.source, k.native_id AS order_id
            FROM ({_KEYS.format(orders="vault.raw.orders")}) AS k
            JOIN (SELECT lower(trim(order_id)) AS key FROM vault.raw.responses
                  SEMI JOIN touched_responses USING (source, response_id)) AS r USING (key)
        ) AS named USING (source, order_id)
        UNION SELECT identity FROM changed_friends
        """
    )
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE people AS
        SELECT identity, pseudonym(person) AS customer_id FROM vault.raw.identities
        WHERE person IN (SELECT person FROM vault.raw.identities SEMI JOIN seeds USING (identity))
        """
    )
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE scope_orders AS
        SELECT source, order_id FROM vault.raw.orders WHERE identity IN (SELECT identity FROM people)
        UNION SELECT source, order_id FROM touched_orders
        """
    )
    _order_keys(connection)
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE scope_responses AS
        SELECT source, response_id FROM vault.raw.responses
        WHERE identity IN (SELECT identity FROM people)
            OR (identity IS NULL AND lower(trim(order_id)) IN (SELECT key FROM order_keys
                SEMI JOIN (SELECT published_id(source, order_id) AS order_id FROM scope_orders) USING (order_id)))
        UNION SELECT source, response_id FROM touched_responses
        """
    )


# Under which names a survey may refer to an order, best first.
_KEYS = """
    SELECT DISTINCT lower(trim(key)) AS key, rank, source, order_id AS native_id, published_id(source, order_id) AS order_id
    FROM (
        SELECT source, order_id, unnest([published_id(source, order_id), order_id, order_number, ltrim(order_number, '#')])
            AS key, unnest([1, 2, 3, 3]) AS rank
        FROM {orders}
    )
    WHERE key IS NOT NULL
"""


def _order_keys(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE order_keys AS
        SELECT * FROM ({_KEYS.format(orders="vault.raw.orders")})
        WHERE key IN (SELECT lower(trim(order_id)) FROM vault.raw.responses WHERE order_id IS NOT NULL)
        """
    )
