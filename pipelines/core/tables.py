"""The tables of core, declared once.

Here: what makes a row of each unique, from which day it matters to figures, and what it says of later events. Not here:
columns, types and comments (sql/schema/core.sql), the rows themselves (sql/core), and writing them (conform.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.warehouse.write import Later


@dataclass(frozen=True)
class CoreTable:
    """A table of core.

    table: schema and name. key: the columns that together make a row unique; rows that agree in the first are replaced
    together. day: SQL expression, the business day from which a row matters to figures. dated_by: the core table that
    holds that day by the first column of the key, for tables that do not. later: what a row says of later events.
    """

    table: str
    key: tuple[str, ...]
    day: str
    dated_by: str | None = None
    later: Later | None = None


CORE_TABLES = (
    CoreTable(
        "core.customers",
        key=("customer_id",),
        day="coalesce(business_date(first_seen_at), DATE '1900-01-01')",
        # Figures read attributes, registered_at and has_email; orders, segments and referrals bring them the rest, with
        # changes of their own. A first address makes another pseudonym, so has_email never changes in a row.
        later=Later(
            events={"registered_at": ("registered_at",)},
            unread=(
                "account_type",
                "country",
                "first_order_at",
                "first_seen_at",
                "referred_by",
                "cohort_month",
            ),
        ),
    ),
    CoreTable(
        "core.orders",
        key=("order_id",),
        day="order_date",
        # The unread columns follow from others.
        later=Later(
            events={
                "refunded_at": ("refunded_at", "refunded"),
                "fulfilled_at": ("fulfilled_at",),
                "delivered_at": ("delivered_at",),
            },
            undated=("CASE WHEN refunded_at IS NULL THEN nullif(refunded, 0) END",),
            unread=("net", "counts", "status", "days_late"),
        ),
    ),
    CoreTable("core.order_lines", key=("order_id", "line_id"), day="order_date", dated_by="core.orders"),
    CoreTable(
        "core.responses",
        key=("response_id",),
        day="response_date",
        later=Later({"next_response_at": ("next_response_at",)}),
    ),
    CoreTable("core.answers", key=("response_id", "question"), day="response_date", dated_by="core.responses"),
    CoreTable(
        "core.response_segments", key=("response_id", "dimension"), day="response_date", dated_by="core.responses"
    ),
    CoreTable("core.response_topics", key=("response_id", "topic"), day="response_date", dated_by="core.responses"),
    CoreTable("core.referrals", key=("referral_id",), day="business_date(referred_at)"),
    CoreTable("core.spend_tiers", key=("month",), day="month"),
    CoreTable("core.rfm_edges", key=("month",), day="month"),
    CoreTable("core.order_segments", key=("order_id",), day="order_date", dated_by="core.orders"),
    CoreTable(
        "core.follow_ups",
        key=("response_id", "contacted_at"),
        day="business_date(contacted_at)",
        later=Later({"resolved_at": ("resolved_at",)}),
    ),
    CoreTable("core.reviews_given", key=("customer_id", "given_at"), day="business_date(given_at)"),
    CoreTable(
        "core.invitations",
        key=("invitation_id",),
        day="invited_date",
        later=Later({"unsubscribed_at": ("unsubscribed_at", "is_unsubscribed")}),
    ),
    # Beside core.customers, because a withdrawn consent is no reason to recompute figures that read attributes.
    CoreTable(
        "core.consents",
        key=("customer_id",),
        day="CASE WHEN consent IS NOT NULL AND consent_at IS NULL THEN DATE '1900-01-01' "
        "ELSE business_date(least(consent_at, unsubscribed_at)) END",
        later=Later(
            {"consent_at": ("consent_at", "consent"), "unsubscribed_at": ("unsubscribed_at",)},
            undated=("CASE WHEN consent_at IS NULL THEN consent END",),
        ),
    ),
)
TABLES = tuple(table.table for table in CORE_TABLES)


def declaration(table: str) -> CoreTable:
    """The declaration of a core table."""
    return next(declared for declared in CORE_TABLES if declared.table == table)
