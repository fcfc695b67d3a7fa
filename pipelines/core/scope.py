"""Whose records are conformed: everybody's, or only those whom a new load can have changed.

Here: the temporary tables people, current_orders, current_responses, current_invitations, new_superseded and declared,
and when everybody is due. Not here: conforming. A person is the unit: orders, answers, invitations and their links of
one person depend on nobody else's, but for answers that declare another person's order, invitations that a survey tool
keeps as one record with an answer, and the spend tiers, which conform.py looks after.
"""

from __future__ import annotations

import hashlib

import duckdb

from pipelines.core import topics
from pipelines.periods import Clock
from pipelines.settings import Settings
from pipelines.warehouse.code_digest import ROOT, digest_of_modules, sql_digest, table_definitions
from pipelines.warehouse.connection import SQL, state, statements

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
    code = [
        digest_of_modules(["pipelines.core.conform"], ROOT),
        sql_digest((SQL / "macros" / "core").glob("*.sql")),
        table_definitions("core"),
    ]
    formats = connection.sql(
        "SELECT DISTINCT format, format_fingerprint FROM vault.raw.files "
        "WHERE status = 'loaded' AND kind IS NOT NULL ORDER BY ALL"  # an archive has no rows of its own
    ).fetchall()
    known = [(name, getattr(settings, name)) for name in SCOPE_SETTINGS]
    ages = Clock(settings.as_of, settings.timezone).today.year if "age_band" in settings.attributes else None
    # Who was forgotten is no longer among those whom a load can have changed.
    forgotten = connection.sql("SELECT max(load_id) FROM vault.raw.rewrites").fetchall()
    words = topics.fingerprint(settings)
    everything = [code, known, reporting_currency(connection, settings), formats, ages, forgotten, words]
    return hashlib.sha256(repr(everything).encode()).hexdigest()[:16]


def newest_load(connection: duckdb.DuckDBPyConnection) -> int:
    """The newest load of the vault, 0 before the first."""
    loads = "(FROM (SELECT load_id FROM vault.raw.files) UNION ALL SELECT load_id FROM vault.raw.identities)"
    return int(connection.sql(f"SELECT coalesce(max(load_id), 0) FROM {loads}").fetchall()[0][0])


def applied_load(connection: duckdb.DuckDBPyConnection) -> int:
    """The newest load that core holds."""
    return int(state(connection, "applied_load_id") or 0)


def everybody(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the scope tables for all records."""
    _temp(connection, "people", "SELECT identity, pseudonym(person) AS customer_id FROM vault.raw.identities")
    for kind in ("order", "response", "invitation"):
        _temp(connection, f"scope_{kind}s", f"SELECT DISTINCT source, {kind}_id FROM vault.raw.{kind}s")
    for name in ("current_orders", "current_responses", "current_invitations"):
        _temp(connection, name, statements(f"core/{name}.sql"))
    _temp(connection, "named_orders", "SELECT source, order_id, order_number, ordered_at, full_id FROM current_orders")
    _temp(connection, "declared", statements("core/declared.sql"))
    _set_aside(connection)


def touched_by_news(connection: duckdb.DuckDBPyConnection, applied: int) -> None:
    """Make the scope tables for the people whom the files in new_files, loaded after `applied`, can have changed."""
    _touch_records(connection)
    _touch_people(connection, applied)
    _keep_people(connection)


def _touch_records(connection: duckdb.DuckDBPyConnection) -> None:
    """Orders that landed, whose lines landed or whose rates moved; answers that landed or may mean one of them."""
    _temp(
        connection,
        "touched_orders",
        f"""
        SELECT source, order_id FROM vault.raw.orders SEMI JOIN new_files USING (file_id)
        UNION
        SELECT source, order_id FROM vault.raw.order_lines SEMI JOIN new_files USING (file_id)
        UNION
        SELECT o.source, o.order_id
        FROM vault.raw.orders AS o
        JOIN ({_MOVED_RATES}) AS r ON r.currency = o.currency
            AND business_date(o.ordered_at) BETWEEN r.first_date AND r.last_date + 7
        """,
    )
    _temp(
        connection,
        "touched_responses",
        """
        SELECT source, response_id FROM vault.raw.responses SEMI JOIN new_files USING (file_id)
        UNION
        SELECT source, response_id
        FROM (SELECT source, response_id, unnest(meant_names(order_id)) AS name FROM vault.raw.responses
            WHERE order_id IS NOT NULL)
        SEMI JOIN (
            SELECT unnest(order_names(source, order_id, order_number)) AS name
            FROM vault.raw.orders SEMI JOIN touched_orders USING (source, order_id)
        ) AS touched USING (name)
        UNION
        SELECT i.source, i.invitation_id FROM vault.raw.invitations AS i SEMI JOIN new_files USING (file_id)
        WHERE (i.source, i.invitation_id) IN (SELECT (source, response_id) FROM vault.raw.responses)
        """,
    )
    # A survey tool's answer and its invitation have one id, whoever they name.
    _temp(
        connection,
        "touched_invitations",
        """
        SELECT source, invitation_id FROM vault.raw.invitations SEMI JOIN new_files USING (file_id)
        UNION
        SELECT source, invitation_id FROM vault.raw.invitations
        WHERE (source, invitation_id) IN (SELECT (source, response_id) FROM touched_responses)
        """,
    )


def _touch_people(connection: duckdb.DuckDBPyConnection, applied: int) -> None:
    """Everybody whom any version of a touched record, or of an order that one may mean, names or named."""
    _temp(
        connection,
        "meant_by_touched",
        "SELECT DISTINCT unnest(meant_roots(order_id)) AS root "
        "FROM vault.raw.responses SEMI JOIN touched_responses USING (source, response_id) WHERE order_id IS NOT NULL",
    )
    _temp(
        connection,
        "seeds",
        f"""
        SELECT identity FROM vault.raw.identities WHERE load_id > {applied:d}
        UNION SELECT identity FROM vault.raw.customers SEMI JOIN new_files USING (file_id)
        UNION SELECT identity FROM vault.raw.orders SEMI JOIN touched_orders USING (source, order_id)
        UNION SELECT identity FROM vault.raw.responses SEMI JOIN touched_responses USING (source, response_id)
        UNION SELECT identity FROM vault.raw.invitations SEMI JOIN touched_invitations USING (source, invitation_id)
        UNION SELECT identity FROM vault.raw.orders
            WHERE root(order_id) IN (SELECT root FROM meant_by_touched)
                OR root(order_number) IN (SELECT root FROM meant_by_touched)
        UNION SELECT identity FROM changed_friends
        """,
    )
    _temp(
        connection,
        "people",
        """
        SELECT identity, pseudonym(person) AS customer_id FROM vault.raw.identities
        WHERE person IN (SELECT person FROM vault.raw.identities SEMI JOIN seeds USING (identity))
        """,
    )


def _keep_people(connection: duckdb.DuckDBPyConnection) -> None:
    """The orders, answers and invitations of these people, and the touched ones: those whose newest version says so."""
    _temp(
        connection,
        "scope_orders",
        """
        SELECT source, order_id FROM vault.raw.orders SEMI JOIN people USING (identity)
        UNION SELECT source, order_id FROM touched_orders
        """,
    )
    # What once was a person's and is no longer may depend on people out of scope: untouched, it is right as it stands.
    _temp(
        connection,
        "current_orders",
        f"""
        SELECT * FROM ({statements("core/current_orders.sql")})
        WHERE identity IN (SELECT identity FROM people)
            OR (source, order_id) IN (SELECT (source, order_id) FROM touched_orders)
        """,
    )
    _temp(
        connection,
        "scope_invitations",
        """
        SELECT source, invitation_id FROM vault.raw.invitations SEMI JOIN people USING (identity)
        UNION SELECT source, invitation_id FROM touched_invitations
        """,
    )
    _temp(
        connection,
        "current_invitations",
        f"""
        SELECT * FROM ({statements("core/current_invitations.sql")})
        WHERE identity IN (SELECT identity FROM people)
            OR (source, invitation_id) IN (SELECT (source, invitation_id) FROM touched_invitations)
        """,
    )
    _temp(
        connection,
        "scope_responses",
        """
        SELECT source, response_id FROM vault.raw.responses SEMI JOIN people USING (identity)
        UNION SELECT source, response_id FROM touched_responses
        UNION SELECT source, response_id
            FROM (SELECT source, response_id, unnest(meant_names(order_id)) AS name FROM vault.raw.responses
                WHERE identity IS NULL AND order_id IS NOT NULL)
            SEMI JOIN (
                SELECT unnest(order_names(source, order_id, order_number)) AS name FROM current_orders
            ) AS names USING (name)
        """,
    )
    for name in ("current_responses", "named_orders", "declared"):
        _temp(connection, name, statements(f"core/{name}.sql"))
    connection.execute(
        """
        DELETE FROM current_responses
        WHERE (source, response_id) NOT IN (SELECT (source, response_id) FROM touched_responses)
            AND CASE WHEN identity IS NOT NULL THEN identity NOT IN (SELECT identity FROM people)
                ELSE full_id NOT IN (SELECT response_id FROM declared
                    WHERE order_id IN (SELECT full_id FROM current_orders)) END
        """
    )
    _set_aside(connection)


def _set_aside(connection: duckdb.DuckDBPyConnection) -> None:
    """Take the answers that others of the same moment supersede out of scope; new_superseded tells which."""
    _temp(connection, "new_superseded", statements("core/repeated_answers.sql"))
    connection.execute("DELETE FROM current_responses WHERE full_id IN (SELECT response_id FROM new_superseded)")


# Days whose standing rate the new files moved, by currency: a table of rates that lands again whole moves none.
_MOVED_RATES = """
    SELECT currency, min(date) AS first_date, max(date) AS last_date
    FROM (
        SELECT date, currency, arg_max(rate, version) AS stands, arg_max(rate, version) FILTER (NOT is_new) AS stood
        FROM (
            SELECT date, currency, rate, file_id IN (SELECT file_id FROM new_files) AS is_new,
                (coalesce(file_event_at, TIMESTAMPTZ '1970-01-01 00:00:00+00'), file_id, row_number) AS version
            FROM vault.raw.exchange_rates
            SEMI JOIN (
                SELECT date, currency FROM vault.raw.exchange_rates SEMI JOIN new_files USING (file_id)
            ) AS landed USING (date, currency)
        )
        GROUP BY ALL
    )
    WHERE stands IS DISTINCT FROM stood
    GROUP BY currency
"""


def _temp(connection: duckdb.DuckDBPyConnection, name: str, select: str) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {select}")
