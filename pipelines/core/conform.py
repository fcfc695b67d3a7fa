"""Conforming: the vault's newest loads into core, in one transaction.

Here: the order of the statements of sql/core, merging their rows, and the ops rows that follow (changes, files,
rejected). Not here: the statements themselves, or whose records they see (scope.py). What is written depends on what
landed, never on how often or in which order it was loaded: rows are compared, and only those that differ are touched.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import duckdb
import polars as pl

from pipelines.core import scope, topics
from pipelines.core.tables import TABLES, declaration
from pipelines.periods import Clock
from pipelines.raw.kinds import accepted_records
from pipelines.settings import Settings
from pipelines.warehouse.connection import set_state, state, statements
from pipelines.warehouse.frames import frame, registered
from pipelines.warehouse.quoting import quoted
from pipelines.warehouse.stale import Change, record_changes
from pipelines.warehouse.write import merge, transaction


@dataclass(frozen=True)
class Conformed:
    """What conforming did.

    rows: rows of each core table now. changes: what changed. people: customers looked at, None for everybody.
    message: why money could not be told, if so. orders_without_rate: orders set aside for want of an exchange rate.
    """

    rows: dict[str, int]
    changes: list[Change] = field(default_factory=list)
    people: int | None = 0
    message: str | None = None
    orders_without_rate: int = 0
    seconds: float = 0.0


def conform(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Conformed:
    """Bring core up to the newest load; a no-op when nothing landed and nothing that shapes core changed."""
    started = time.perf_counter()
    connection.execute(statements("macros/core"))
    # First of all, so that a mistake in the operator's file stops before anything is written.
    lexicon = topics.read_lexicon(settings)
    newest, applied = scope.newest_load(connection), scope.applied_load(connection)
    fingerprint = scope.fingerprint(connection, settings)
    # A vault younger than what core has applied is another vault.
    whole = state(connection, "core_fingerprint") != fingerprint or newest < applied
    currency = scope.reporting_currency(connection, settings)
    known = _temporary(connection)
    changes: list[Change] = []
    people: int | None = None if whole else 0
    with transaction(connection):
        if whole or newest > applied:
            _set_variables(connection, settings, currency)
            changes = _revise(connection, applied, lexicon, whole=whole)
            if not whole:
                [(people,)] = connection.sql("SELECT count(DISTINCT customer_id) FROM people").fetchall()
            record_changes(connection, changes)
            set_state(connection, "applied_load_id", str(newest))
            set_state(connection, "core_fingerprint", fingerprint)
            set_state(connection, "reporting_currency", currency or "")
            with accepted_records(connection):
                _project(connection, "ops.rejected", "ops/rejected.sql")
        _project(connection, "ops.files", "ops/files.sql")
    # Their memory goes to the figures that follow on the same connection.
    for name in sorted(_temporary(connection) - known):
        connection.execute(f"DROP TABLE temp.{quoted(name)}")
    rows = {table: connection.sql(f"SELECT count(*) FROM {quoted(table)}").fetchall()[0][0] for table in TABLES}
    [(without_rate,)] = connection.sql("SELECT count(*) FROM core.orders WHERE gross IS NULL").fetchall()
    message = None
    if currency is None:
        codes = "string_agg(DISTINCT currency, ', ' ORDER BY currency)"
        [(seen,)] = connection.sql(f"SELECT {codes} FROM core.orders").fetchall()
        message = (
            f"Orders are in several currencies ({seen}) and NORTHSTAR_CURRENCY is not set: scores are computed, "
            "money is not. Set it to the currency you report in and drop a file of exchange_rates."
        )
    elif without_rate:
        message = f"{without_rate} orders have no exchange rate within 7 days of their day: their money is not counted."
    return Conformed(rows, changes, people, message, without_rate, time.perf_counter() - started)


def _set_variables(connection: duckdb.DuckDBPyConnection, settings: Settings, currency: str | None) -> None:
    clock = Clock(settings.as_of, settings.timezone)
    for name, value in (
        ("reporting_currency", currency),
        ("publish_comments", settings.publish_comments),
        ("age_year", clock.today.year),
        ("attributes", list(settings.attributes)),
    ):
        connection.execute(f"SET VARIABLE {name} = ?", [value])
    edges = [format(edge, "f") for edge in settings.order_value_bands]
    connection.execute(f"SET VARIABLE order_value_bands = [{', '.join(edges)}]")
    connection.execute("SET VARIABLE order_value_labels = ?", [settings.order_value_labels])


def _revise(connection: duckdb.DuckDBPyConnection, applied: int, lexicon: pl.DataFrame, *, whole: bool) -> list[Change]:
    changes = []
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE new_files AS SELECT file_id FROM vault.raw.files WHERE load_id > {applied:d}"
    )
    _temp(connection, "current_rates", "core/current_rates.sql")
    _temp(connection, "new_referrals", "core/referrals.sql")
    connection.execute(
        f"UPDATE new_referrals SET is_credited = false WHERE referral_id IN ({statements('core/referral_cycles.sql')})"
    )
    changes += _merged(connection, "core.referrals", old="true")
    if whole:
        scope.everybody(connection)
        customer = order = response = "true"
    else:
        _changed_friends(connection)
        scope.touched_by_news(connection, applied)
        # A person's earlier pseudonym may be that of any of their identities.
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE scope_customers AS SELECT customer_id FROM people "
            "UNION SELECT pseudonym(identity) FROM people"
        )
        customer = "customer_id IN (SELECT customer_id FROM scope_customers)"
        for kind in ("order", "response"):
            connection.execute(
                f"CREATE OR REPLACE TEMP TABLE scope_{kind}_ids AS SELECT full_id AS {kind}_id FROM current_{kind}s "
                f"UNION SELECT {kind}_id FROM core.{kind}s WHERE {customer}"
            )
        connection.execute("INSERT INTO scope_response_ids SELECT response_id FROM new_superseded")
        order = "order_id IN (SELECT order_id FROM scope_order_ids)"
        response = "response_id IN (SELECT response_id FROM scope_response_ids)"

    # Which answers were set aside is no change of its own: core.responses, which lacks them, is.
    merge(connection, "ops.superseded", new="new_superseded", old=response, key="response_id", day="DATE '1970-01-01'")
    _temp(connection, "current_lines", "core/current_lines.sql")
    _temp(connection, "new_orders", "core/orders.sql")
    _temp(connection, "new_order_lines", "core/order_lines.sql")
    # The days of orders before and after, for the tables that do not hold them.
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE order_days AS SELECT order_id, min(order_date) AS order_date FROM ("
        "SELECT order_id, order_date FROM new_orders UNION ALL "
        f"SELECT order_id, order_date FROM core.orders WHERE {order}) GROUP BY order_id"
    )
    changes += _merged(connection, "core.order_lines", old=order)
    changed_orders = _merged(connection, "core.orders", old=order)
    connection.execute("CREATE OR REPLACE TEMP TABLE changed_order_days AS SELECT DISTINCT order_date FROM differing")
    changes += changed_orders

    _temp(connection, "accounts", "core/accounts.sql")
    _temp(connection, "new_responses", "core/responses.sql")
    _temp(connection, "new_answers", "core/answers.sql")
    _temp(connection, "new_customers", "core/customers.sql")
    changes += _merged(connection, "core.customers", old=customer)
    # The days of answers before and after, for the tables that do not hold them.
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE response_days AS SELECT response_id, min(response_date) AS response_date FROM ("
        "SELECT response_id, response_date FROM new_responses UNION ALL "
        f"SELECT response_id, response_date FROM core.responses WHERE {response}) GROUP BY response_id"
    )
    changes += _merged(connection, "core.responses", old=response)
    changes += _merged(connection, "core.answers", old=response)
    comments = frame(connection.sql(statements("core/comments.sql")))
    with registered(connection, "found_topics", topics.find_topics(comments, lexicon)):
        connection.execute("CREATE OR REPLACE TEMP TABLE new_response_topics AS FROM found_topics")
    changes += _merged(connection, "core.response_topics", old=response)
    changes += _segments(connection, response, whole=whole)
    changes += _order_segments(connection, order)
    return changes + _invitations(connection, customer, whole=whole)


def _segments(connection: duckdb.DuckDBPyConnection, in_scope: str, *, whole: bool) -> list[Change]:
    """The segments of the answers in scope, and the spend tier of the others whose month's tiers moved."""
    months = "CAST(date_trunc('month', response_date) AS DATE)"
    reached = (
        "true"
        if whole
        else (
            "EXISTS (SELECT 1 FROM changed_order_days AS d WHERE d.order_date < month AND d.order_date >= month - 365) "
            "OR month NOT IN (SELECT month FROM core.spend_tiers)"
        )
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE spend_months AS "
        f"SELECT month FROM (SELECT DISTINCT {months} AS month FROM core.responses) WHERE {reached}"
    )
    _temp(connection, "new_spend_tiers", "core/spend_tiers.sql")
    forgotten = f"month NOT IN (SELECT {months} FROM core.responses)"
    changes = _merged(
        connection,
        "core.spend_tiers",
        old="true" if whole else f"(month IN (SELECT month FROM spend_months) OR {forgotten})",
    )
    connection.execute("CREATE OR REPLACE TEMP TABLE moved_tiers AS SELECT DISTINCT month FROM differing")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE spend_responses AS SELECT response_id, customer_id, {months} AS month "
        "FROM core.responses WHERE response_id IN (SELECT response_id FROM new_responses) "
        f"OR {months} IN (SELECT month FROM moved_tiers)"
    )
    _temp(connection, "response_spend", "core/response_spend.sql")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE moments AS SELECT response_id AS id, customer_id, order_id, "
        "responded_at AS moment, response_date AS day, channel, survey FROM new_responses"
    )
    _temp(connection, "dimensions", "core/response_segments.sql")
    _temp(connection, "attribute_segments", "core/attribute_segments.sql")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE new_response_segments AS "
        "SELECT id AS response_id, dimension, coalesce(nullif(trim(segment), ''), 'unknown') AS segment FROM ("
        "FROM dimensions UNPIVOT INCLUDE NULLS (segment FOR dimension IN (COLUMNS(* EXCLUDE id)))) "
        "UNION ALL BY NAME FROM attribute_segments "
        "UNION ALL BY NAME FROM response_spend WHERE response_id IN (SELECT response_id FROM new_responses)"
    )
    changes += _merged(connection, "core.response_segments", old=in_scope)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE new_response_segments AS FROM response_spend "
        "WHERE response_id NOT IN (SELECT response_id FROM new_responses)"
    )
    return changes + _merged(
        connection,
        "core.response_segments",
        old="dimension = 'spend_tier' AND response_id IN (SELECT response_id FROM new_response_segments)",
        dated_by="core.responses",
    )


def _order_segments(connection: duckdb.DuckDBPyConnection, in_scope: str) -> list[Change]:
    """The segments of the orders in scope, in the words of the answers' segments."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE moments AS SELECT order_id AS id, customer_id, order_id, "
        "ordered_at AS moment, order_date AS day, channel, NULL AS survey FROM new_orders"
    )
    _temp(connection, "dimensions", "core/response_segments.sql")
    names = [name for name in connection.table("core.order_segments").columns if name != "order_id"]
    known = ", ".join(f"coalesce(nullif(trim({name}), ''), 'unknown') AS {name}" for name in names)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE new_order_segments AS SELECT id AS order_id, {known} FROM dimensions"
    )
    return _merged(connection, "core.order_segments", old=in_scope)


def _invitations(connection: duckdb.DuckDBPyConnection, customer: str, *, whole: bool) -> list[Change]:
    """The invitations in scope, and those that the answers in scope are or were."""
    _temp(connection, "new_invitations", "core/invitations.sql")
    if not whole:
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE scope_invitation_ids AS SELECT invitation_id FROM new_invitations "
            f"UNION SELECT invitation_id FROM core.invitations WHERE {customer} "
            "OR response_id IN (SELECT response_id FROM scope_response_ids)"
        )
    old = "true" if whole else "invitation_id IN (SELECT invitation_id FROM scope_invitation_ids)"
    return _merged(connection, "core.invitations", old=old)


def _changed_friends(connection: duckdb.DuckDBPyConnection) -> None:
    """Identities of the friends whose referrals differ: a new earlier link may take another's credit."""
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE changed_friends AS
        SELECT i.identity FROM vault.raw.identities AS i
        WHERE i.identity IN (SELECT friend_identity FROM vault.raw.referrals)
            AND pseudonym(i.person) IN (SELECT friend_id FROM differing)
        """
    )


def _temp(connection: duckdb.DuckDBPyConnection, name: str, file: str) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {statements(file)}")


def _merged(
    connection: duckdb.DuckDBPyConnection, table: str, *, old: str, dated_by: str | None = None
) -> list[Change]:
    """What changes when the rows of `table` that `old` selects become those of new_<table>.

    dated_by: where the day of a row stands, if it is not where the table's declaration says.
    """
    declared = declaration(table)
    key, days = declared.key[0], dated_by or declared.dated_by
    changes = merge(
        connection,
        table,
        new="new_" + table.split(".")[1],
        old=old,
        key=key,
        day=declared.day,
        day_from=f"differing JOIN {days} USING ({key})" if days else "differing",
        later=declared.later,
    )
    return [Change(table, file_id, first, records) for file_id, first, records in changes]


def _temporary(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {
        str(name)
        for (name,) in connection.sql("SELECT table_name FROM duckdb_tables() WHERE database_name = 'temp'").fetchall()
    }


def _project(connection: duckdb.DuckDBPyConnection, table: str, file: str) -> None:
    connection.execute(f"DELETE FROM {quoted(table)}")
    connection.execute(f"INSERT INTO {quoted(table)} BY NAME {statements(file)}")
