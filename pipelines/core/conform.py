"""Conforming: the vault's newest loads become core, in one transaction.

Here: one function per table of core in the order in which they need each other, and the ops rows that follow (changes,
files, rejected, doubts). Not here: the SELECTs (sql/core), or whose records they see (scope.py). The result depends on
what landed, never on how often or in which order it was loaded: rows are compared, and only those that differ are
touched.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import duckdb
import polars as pl

from pipelines.core import statuses, topics
from pipelines.core.applied_loads import Applied, applied, remember
from pipelines.core.currency import money_message
from pipelines.core.doubts import write_doubts, write_doubts_of_clock
from pipelines.core.scope import Scope, everybody, touched
from pipelines.core.tables import TABLES, declaration
from pipelines.core.temporary import drop, dropped, make
from pipelines.periods import Clock
from pipelines.raw.kinds import accepted_records
from pipelines.rfm_groups import CELLS, MEASURES, Groups
from pipelines.settings import Settings
from pipelines.warehouse.frames import frame, registered
from pipelines.warehouse.quoting import quoted
from pipelines.warehouse.sql_files import statements
from pipelines.warehouse.stale import Change, record_changes
from pipelines.warehouse.write import is_empty, merge, transaction, watch


@dataclass(frozen=True)
class Conformed:
    """What conforming did.

    rows: rows of each core table now. changes: what changed. people: customers looked at, None for everybody.
    message: why money is not counted, if so. orders_without_rate: orders without an exchange rate, whose money is NULL.
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
    status = applied(connection, settings)
    changes: list[Change] = []
    people: int | None = None if status.is_whole else 0
    watch(connection, () if status.is_whole or not status.is_due else TABLES)
    with dropped(connection), transaction(connection):
        if status.is_due:
            # First, so that a mistake in one of the operator's files stops before anything is written.
            lexicon = topics.read_lexicon(settings)
            statuses.make_table(connection, settings)
            _set_variables(connection, settings, status)
            changes = _conform_tables(connection, lexicon, settings.rfm_groups, is_whole=status.is_whole)
            if not status.is_whole:
                [(people,)] = connection.sql("SELECT count(DISTINCT customer_id) FROM people").fetchall()
            record_changes(connection, changes)
            remember(connection, status)
            _project_rejected(connection)
            write_doubts(connection, settings.as_of, is_whole=status.is_whole)
        else:
            write_doubts_of_clock(connection, settings.as_of)
        _project(connection, "ops.files", "ops/files.sql")
    counts = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {quoted(table)}" for table in TABLES)
    rows = dict(connection.sql(counts).fetchall())
    [(without_rate,)] = connection.sql("SELECT count(*) FROM core.orders WHERE gross IS NULL").fetchall()
    message = money_message(connection, status.currency, without_rate)
    return Conformed(rows, changes, people, message, without_rate, time.perf_counter() - started)


def _set_variables(connection: duckdb.DuckDBPyConnection, settings: Settings, status: Applied) -> None:
    clock = Clock(settings.as_of, settings.timezone)
    for name, value in (
        ("applied_load", status.load),
        ("is_whole", status.is_whole),
        ("reporting_currency", status.currency),
        ("publish_comments", settings.publish_comments),
        ("age_year", clock.today.year),
        ("attributes", list(settings.attributes)),
        ("order_value_labels", settings.order_value_labels),
        ("shared_phone_tails", [entry[-6:] for entry in settings.shared_addresses if entry.startswith("+")]),
    ):
        connection.execute(f"SET VARIABLE {name} = ?", [value])
    edges = [format(edge, "f") for edge in settings.order_value_bands]
    connection.execute(f"SET VARIABLE order_value_bands = [{', '.join(edges)}]")


def _conform_tables(
    connection: duckdb.DuckDBPyConnection, lexicon: pl.DataFrame, groups: Groups, *, is_whole: bool
) -> list[Change]:
    """Bring every table of core up to date; what changed, by table."""
    make(connection, "new_files")
    make(connection, "current_rates")
    changes = _referrals(connection)
    scope = everybody(connection) if is_whole else touched(connection)
    _superseded(connection, scope)
    changes += _orders(connection, scope)
    # Customers are made from answers too, so both are made before either is written.
    make(connection, "order_links")
    make(connection, "new_responses", "responses")
    changes += _customers(connection, scope)
    changes += _responses(connection, scope)
    changes += _answers(connection, scope)
    changes += _response_topics(connection, scope, lexicon)
    changes += _standings(connection, scope)
    changes += _response_segments(connection, scope, groups)
    changes += _order_segments(connection, scope)
    changes += _invitations(connection, scope)
    changes += _follow_ups(connection, scope)
    changes += _reviews_given(connection, scope)
    return changes + _consents(connection, scope)


def _referrals(connection: duckdb.DuckDBPyConnection) -> list[Change]:
    """core.referrals, always all of it: credit and cycles join people who share nothing else."""
    make(connection, "new_referrals", "referrals")
    connection.execute(
        f"UPDATE new_referrals SET is_credited = false WHERE referral_id IN ({statements('core/referral_cycles.sql')})"
    )
    changes = _merged(connection, "core.referrals", "true")
    connection.execute("CREATE OR REPLACE TEMP TABLE changed_referrals AS SELECT friend_id FROM differing")
    return changes


def _superseded(connection: duckdb.DuckDBPyConnection, scope: Scope) -> None:
    """ops.superseded; no change of its own: core.responses, which lacks these answers, has it."""
    day = "DATE '1970-01-01'"
    merge(connection, "ops.superseded", new="new_superseded", old=scope.responses, key="response_id", day=day)


def _orders(connection: duckdb.DuckDBPyConnection, scope: Scope) -> list[Change]:
    """core.orders and core.order_lines: an order's categories come from its lines, the lines' money from the order."""
    make(connection, "current_lines")
    make(connection, "line_totals")
    make(connection, "new_orders", "orders")
    changes = _merged(connection, "core.orders", scope.orders)
    _note_days(connection, "core.orders")
    make(connection, "moved_spending")
    _make_new(connection, "core.order_lines")
    changes += _merged(connection, "core.order_lines", scope.orders)
    drop(connection, "new_order_lines", "line_totals", "current_lines", "current_orders")
    make(connection, "history")
    make(connection, "refunded_later")
    return changes


def _customers(connection: duckdb.DuckDBPyConnection, scope: Scope) -> list[Change]:
    make(connection, "accounts")
    make(connection, "new_customers", "customers")
    return _merged(connection, "core.customers", scope.customers)


def _responses(connection: duckdb.DuckDBPyConnection, scope: Scope) -> list[Change]:
    changes = _merged(connection, "core.responses", scope.responses)
    _note_days(connection, "core.responses")
    return changes


def _answers(connection: duckdb.DuckDBPyConnection, scope: Scope) -> list[Change]:
    make(connection, "new_answers", "answers")
    return _merged(connection, "core.answers", scope.responses)


def _response_topics(connection: duckdb.DuckDBPyConnection, scope: Scope, lexicon: pl.DataFrame) -> list[Change]:
    comments = frame(connection.sql(statements("core/comments.sql")))
    with registered(connection, "comment_topics", topics.find_topics(comments, lexicon)):
        connection.execute("CREATE OR REPLACE TEMP TABLE new_response_topics AS FROM comment_topics")
    return _merged(connection, "core.response_topics", scope.responses)


def _standings(connection: duckdb.DuckDBPyConnection, scope: Scope) -> list[Change]:
    """core.spend_tiers and core.rfm_edges, which compare all customers: for the months that a changed order moves."""
    make(connection, "kept_tiers")
    make(connection, "moved_standings")
    make(connection, "standing_months")
    make(connection, "spend_months")
    make(connection, "standings")
    make(connection, "new_spend_tiers", "spend_tiers")
    make(connection, "new_rfm_edges", "rfm_edges")
    drop(connection, "standings")
    reached = "month IN (FROM standing_months UNION ALL SELECT month FROM kept_tiers)"
    without_answers = "month NOT IN (SELECT month_start(response_date) FROM core.responses)"
    old = "true" if scope.is_whole else f"({reached} OR {without_answers})"
    changes = _merged(connection, "core.spend_tiers", old)
    make(connection, "moved_tiers")
    old = "true" if scope.is_whole else f"(month IN (FROM standing_months) OR {without_answers})"
    changes += _merged(connection, "core.rfm_edges", old)
    make(connection, "moved_edges")
    return changes


def _response_segments(connection: duckdb.DuckDBPyConnection, scope: Scope, groups: Groups) -> list[Change]:
    """The segments of the answers in scope, and what compares customers of other answers whose month moved."""
    make(connection, "standing_responses")
    names = pl.DataFrame(
        [(*cell, name) for cell, name in zip(CELLS, groups, strict=True)], (*MEASURES, "rfm_group"), orient="row"
    )
    with registered(connection, "group_names", names):
        connection.execute("CREATE OR REPLACE TEMP TABLE rfm_group_names AS FROM group_names")
    make(connection, "response_standing")
    make(connection, "moments", "response_moments")
    make(connection, "dimensions")
    make(connection, "attribute_segments")
    _make_new(connection, "core.response_segments")
    changes = _merged(connection, "core.response_segments", scope.responses)
    drop(connection, "new_response_segments")
    if scope.is_whole:
        return changes
    make(connection, "new_response_segments", "moved_standing_segments")
    moved = (
        "dimension IN ('spend_tier', 'rfm_group') AND response_id IN (SELECT response_id FROM new_response_segments)"
    )
    return changes + _merged(connection, "core.response_segments", moved, dated_by="core.responses")


def _order_segments(connection: duckdb.DuckDBPyConnection, scope: Scope) -> list[Change]:
    """The segments of the orders in scope, in the words of the answers' segments."""
    drop(connection, "moments", "dimensions")
    make(connection, "moments", "order_moments", is_view=True)
    make(connection, "dimensions", is_view=True)
    _make_new(connection, "core.order_segments")
    return _merged(connection, "core.order_segments", scope.orders)


def _invitations(connection: duckdb.DuckDBPyConnection, scope: Scope) -> list[Change]:
    """The invitations in scope, and those that the answers in scope are or were."""
    make(connection, "new_invitations", "invitations")
    if not scope.is_whole:
        make(connection, "scope_invitation_ids", "scope/scope_invitation_ids")
    return _merged(connection, "core.invitations", scope.invitations)


def _follow_ups(connection: duckdb.DuckDBPyConnection, scope: Scope) -> list[Change]:
    """The contacts after the answers in scope, and after those whose follow-ups landed."""
    make(connection, "named_follow_ups")
    if not scope.is_whole:
        make(connection, "scope_followed_answers", "scope/scope_followed_answers")
        connection.execute(statements("core/scope/drop_others_follow_ups.sql"))
    make(connection, "new_follow_ups", "follow_ups")
    return _merged(connection, "core.follow_ups", scope.follow_ups)


def _reviews_given(connection: duckdb.DuckDBPyConnection, scope: Scope) -> list[Change]:
    """The reviews of the people in scope, and of those whose reviews landed."""
    make(connection, "reviewers")
    make(connection, "new_reviews_given", "reviews_given")
    return _merged(connection, "core.reviews_given", scope.reviews_given)


def _consents(connection: duckdb.DuckDBPyConnection, scope: Scope) -> list[Change]:
    make(connection, "new_consents", "consents")
    return _merged(connection, "core.consents", scope.customers)


def _note_days(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Note the earliest day before and after of each row of `table`, just merged, for tables that do not hold it."""
    declared = declaration(table)
    columns, stem = f"{declared.key[0]}, {declared.day}", _stem(table)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE days_of_{stem} AS "
        f"SELECT {declared.key[0]}, min({declared.day}) AS {declared.day} "
        f"FROM (SELECT {columns} FROM new_{stem} UNION ALL SELECT {columns} FROM differing WHERE NOT is_new) "
        f"GROUP BY {declared.key[0]}"
    )


def _make_new(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Make new_<table>: a view if the table is empty, because its rows are then read once, by the INSERT."""
    stem = _stem(table)
    make(connection, f"new_{stem}", stem, is_view=is_empty(connection, table))


def _merged(
    connection: duckdb.DuckDBPyConnection, table: str, old: str, *, dated_by: str | None = None
) -> list[Change]:
    """Replace the rows of `table` that `old` selects by those of new_<table>; what changed.

    dated_by: a table that holds the days of these rows, if it is not the one that the declaration names.
    """
    declared = declaration(table)
    key = declared.key[0]
    days = dated_by or (declared.dated_by and f"days_of_{_stem(declared.dated_by)}")
    changes = merge(
        connection,
        table,
        new=f"new_{_stem(table)}",
        old=old,
        key=key,
        day=declared.day,
        day_from=f"differing JOIN {days} USING ({key})" if days else "differing",
        later=declared.later,
        is_unique=len(declared.key) == 1,
    )
    return [Change(table, file_id, first, records) for file_id, first, records in changes]


def _stem(table: str) -> str:
    return table.partition(".")[2]


def _project_rejected(connection: duckdb.DuckDBPyConnection) -> None:
    if connection.sql("SELECT 1 FROM vault.raw.rejected LIMIT 1").fetchall():
        with accepted_records(connection):
            _project(connection, "ops.rejected", "ops/rejected.sql")
    else:
        # To plan the projection of no rows takes 30 ms, a tenth of a small shop's conform.
        connection.execute("DELETE FROM ops.rejected")


def _project(connection: duckdb.DuckDBPyConnection, table: str, file: str) -> None:
    connection.execute(f"DELETE FROM {quoted(table)}")
    connection.execute(f"INSERT INTO {quoted(table)} BY NAME {statements(file)}")
