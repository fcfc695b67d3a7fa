"""Core is a function of what landed: not of the order of loads, nor of how much was conformed at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random

import pytest
from copied_files import put_empty_files
from core import shops
from core.vault import TABLES, Vault, settings_for, snapshot

from pipelines.core.conform import conform
from pipelines.warehouse.connection import opened, set_state

pytestmark = pytest.mark.slow

CHECKS = sorted((Path(__file__).parents[2] / "sql" / "checks").glob("core_*.sql"))
OF_ORDER = "(SELECT order_date FROM core.orders AS o WHERE o.order_id = t.order_id)"
OF_ANSWER = "(SELECT response_date FROM core.responses AS r WHERE r.response_id = t.response_id)"
# The columns of a core row that figures read, and the business day from which they matter. No figure reads an order's
# status, or anything about a customer but the attributes, whether there is an address, and when they registered.
DATED_COLUMNS = {
    "core.orders": {
        "t.* EXCLUDE (refunded_at, refunded, net, counts, status, fulfilled_at, delivered_at, days_late)": "order_date",
        "order_id, CASE WHEN refunded_at IS NULL THEN nullif(refunded, 0) END": "order_date",
        "order_id, refunded_at, refunded": "CAST(refunded_at AS DATE)",
        "order_id, fulfilled_at": "CAST(fulfilled_at AS DATE)",
        "order_id, delivered_at": "CAST(delivered_at AS DATE)",
    },
    "core.order_lines": {"t.*": OF_ORDER},
    "core.responses": {
        "t.* EXCLUDE (next_response_at)": "response_date",
        "response_id, next_response_at": "CAST(next_response_at AS DATE)",
    },
    "core.answers": {"t.*": OF_ANSWER},
    "core.response_segments": {"t.*": OF_ANSWER},
    "core.response_topics": {"t.*": OF_ANSWER},
    "core.referrals": {"t.*": "CAST(referred_at AS DATE)"},
    "core.spend_tiers": {"t.*": "month"},
    "core.rfm_edges": {"t.*": "month"},
    "core.order_segments": {"t.*": OF_ORDER},
    "core.follow_ups": {
        "t.* EXCLUDE (resolved_at)": "CAST(contacted_at AS DATE)",
        "response_id, contacted_at, resolved_at": "CAST(resolved_at AS DATE)",
    },
    "core.reviews_given": {"t.*": "CAST(given_at AS DATE)"},
    "core.invitations": {
        "t.* EXCLUDE (is_unsubscribed, unsubscribed_at)": "invited_date",
        "invitation_id, unsubscribed_at": "CAST(unsubscribed_at AS DATE)",
    },
    "core.customers": {
        "customer_id, attributes, has_email": "coalesce(CAST(first_seen_at AS DATE), DATE '1900-01-01')",
        "customer_id, registered_at": "CAST(registered_at AS DATE)",
    },
    "core.consents": {
        "customer_id, CASE WHEN consent_at IS NULL THEN consent END": (
            "CASE WHEN consent_at IS NULL AND consent IS NOT NULL THEN DATE '1900-01-01' END"
        ),
        "customer_id, consent, consent_at": "CAST(consent_at AS DATE)",
        "customer_id, unsubscribed_at": "CAST(unsubscribed_at AS DATE)",
    },
}
# A figure that reads these also reads the table that dates their rows, and is stale when that one changes.
DATED_BY = {
    "core.order_lines": "core.orders",
    "core.answers": "core.responses",
    "core.response_segments": "core.responses",
    "core.order_segments": "core.orders",
    "core.response_topics": "core.responses",
}


def dated(connection):
    """What every core row says, and from which day; a NULL day is that of an event that has not happened."""
    return {
        table: {
            (what, repr(row[1:])): row[0]
            for what, day in columns.items()
            for row in connection.sql(f"SELECT {day}, {what} FROM {table} AS t").fetchall()
            if row[0]
        }
        for table, columns in DATED_COLUMNS.items()
    }


def first_months(before, after):
    """Per table, the earliest month for which a row says something else."""
    moved = {table: [before[table] | after[table], before[table].keys() ^ after[table].keys()] for table in TABLES}
    return {table: min(days[row] for row in rows).replace(day=1) for table, (days, rows) in moved.items() if rows}


def noted_months(connection, after_change):
    noted = connection.sql(
        "SELECT kind, min(from_month) FROM ops.changes WHERE change_id > $last GROUP BY kind",
        params={"last": after_change},
    ).fetchall()
    return dict(noted)


def offenders(connection):
    """Rows that violate the blocking checks of core."""
    rows_by_check = {}
    for check in CHECKS:
        text = check.read_text(encoding="utf-8")
        if "-- blocking: yes" in text and (bad := connection.sql(text).fetchall()):
            rows_by_check[check.stem] = bad
    return rows_by_check


def check_shop(home, seed):
    """Load one random shop in pieces and at once, and compare."""
    rng = Random(seed)
    values = {
        "timezone": rng.choice(["UTC", "America/New_York", "Asia/Tokyo"]),
        "currency": rng.choice(["EUR", "EUR", "USD", None]),
    }
    landed = shops.files(rng)
    pieces = settings_for(home / "pieces", **values)
    put_empty_files(pieces)
    with opened(pieces) as connection:
        vault = Vault(connection)
        for load in shops.loads(rng, landed):
            before = dated(connection)
            [(last,)] = connection.sql("SELECT coalesce(max(change_id), 0) FROM ops.changes").fetchall()
            vault.load(*load)
            conform(connection, pieces)
            noted = noted_months(connection, last)
            for table, month in first_months(before, dated(connection)).items():
                kinds = (table, DATED_BY.get(table, table))
                assert min(noted.get(kind, date.max) for kind in kinds) <= month, (table, "noted too late")
            in_pieces = snapshot(connection)
            set_state(connection, "core_fingerprint", "")
            conform(connection, pieces)
            assert in_pieces == snapshot(connection), "a full conform differs"
        assert offenders(connection) == {}
    at_once = settings_for(home / "at_once", **values)
    put_empty_files(at_once)
    with opened(at_once) as connection:
        Vault(connection).load(*landed)
        conform(connection, at_once)
        assert in_pieces == snapshot(connection), "one load differs"


@pytest.mark.parametrize("seed", range(5))
def test_pieces_in_any_order_make_the_same_core(tmp_path, seed):
    check_shop(tmp_path, seed)
