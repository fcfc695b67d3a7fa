"""Whose records are conformed: everybody's, or only those that a new load can have changed.

Here: the temporary tables persons, people, current_orders, current_responses, current_invitations, new_superseded and
declared, the relation line_versions, and the rows of core that they replace. Not here: conforming (conform.py), or when
everybody is due (applied_loads.py).
A person is the unit: the orders, answers and invitations of one person, and their links, depend on nobody else's,
except for answers that declare another person's order, invitations that a survey tool keeps in one record with an
answer, and the spend tiers, which conform.py looks after.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from pipelines.core.temporary import add, make
from pipelines.warehouse.sql_files import statements
from pipelines.warehouse.write import select_rows


@dataclass(frozen=True)
class Scope:
    """The rows of core under revision, as SQL predicates on its tables by the id they hold."""

    customers: str
    orders: str
    responses: str
    invitations: str
    follow_ups: str
    reviews_given: str

    @property
    def is_whole(self) -> bool:
        """Every row is under revision."""
        return self == EVERYBODY


EVERYBODY = Scope("true", "true", "true", "true", "true", "true")
TOUCHED = Scope(
    customers="customer_id IN (SELECT customer_id FROM scope_customers)",
    orders="order_id IN (SELECT order_id FROM scope_order_ids)",
    responses="response_id IN (SELECT response_id FROM scope_response_ids)",
    invitations="invitation_id IN (SELECT invitation_id FROM scope_invitation_ids)",
    follow_ups="response_id IN (SELECT response_id FROM scope_followed_answers)",
    reviews_given="customer_id IN (SELECT customer_id FROM scope_customers UNION SELECT customer_id FROM reviewers)",
)


def everybody(connection: duckdb.DuckDBPyConnection) -> Scope:
    """Make the scope tables for all records."""
    make(connection, "persons", "scope/every_person")
    make(connection, "people")
    for kind in ("order", "response", "invitation"):
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {kind}_versions AS FROM vault.raw.{kind}s")
        make(connection, f"current_{kind}s")
    connection.execute("CREATE OR REPLACE TEMP VIEW line_versions AS FROM vault.raw.order_lines")
    make(connection, "order_references")
    make(connection, "roots", "reference_roots")
    for name in ("meant_orders", "named_orders"):
        make(connection, name)
    make(connection, "declared", "declared_order_links")
    _set_repeated_answers_aside(connection)
    return EVERYBODY


def touched(connection: duckdb.DuckDBPyConnection) -> Scope:
    """Make the scope tables for the people whom the files in new_files can have changed."""
    for name in ("moved_rates", "touched_orders", "touched_versions", "touched_responses", "touched_invitations"):
        make(connection, name, f"scope/{name}")
    make(connection, "roots", "scope/touched_roots")
    make(connection, "meant_orders")
    for name in ("changed_friends", "touched_identities"):
        make(connection, name, f"scope/{name}")
    make(connection, "persons", "scope/touched_persons")
    make(connection, "people")
    for kind in ("order", "invitation"):
        _read_versions(connection, kind)
        make(connection, f"current_{kind}s")
        connection.execute(statements(f"core/scope/drop_others_{kind}s.sql"))
    condition = "SEMI JOIN current_orders USING (source, order_id)"
    select_rows(connection, "line_versions", "vault.raw.order_lines", condition)
    _read_versions(connection, "response")
    make(connection, "current_responses")
    make(connection, "order_references", "scope/order_references")
    make(connection, "roots", "scope/other_roots")
    add(connection, "meant_orders")
    make(connection, "named_orders")
    make(connection, "declared", "declared_order_links")
    add(connection, "declared", "scope/declared_before")
    connection.execute(statements("core/scope/drop_others_responses.sql"))
    _set_repeated_answers_aside(connection)
    for name in ("scope_customers", "scope_order_ids", "scope_response_ids"):
        make(connection, name, f"scope/{name}")
    return TOUCHED


def _read_versions(connection: duckdb.DuckDBPyConnection, kind: str) -> None:
    """Make the table of all versions of the records in scope."""
    make(connection, f"scope_{kind}s", f"scope/scope_{kind}s")
    condition = f"SEMI JOIN scope_{kind}s USING (source, {kind}_id)"
    select_rows(connection, f"{kind}_versions", f"vault.raw.{kind}s", condition)


def _set_repeated_answers_aside(connection: duckdb.DuckDBPyConnection) -> None:
    """Take repeated answers out of scope and note them in new_superseded."""
    make(connection, "new_superseded", "repeated_answers")
    connection.execute("DELETE FROM current_responses WHERE full_id IN (SELECT response_id FROM new_superseded)")
