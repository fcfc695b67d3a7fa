"""Core is a function of what landed: not of the order of loads, nor of how much was conformed at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random

import pytest
from core import shops
from core.vault import TABLES, Vault, settings_for, snapshot

from pipelines.core.conform import conform
from pipelines.warehouse.connection import opened, set_state

CHECKS = sorted((Path(__file__).parents[2] / "sql" / "checks").glob("core_*.sql"))
# From which business day a row of a core table matters.
DAYS = {
    "core.orders": "order_date",
    "core.order_lines": "(SELECT order_date FROM core.orders AS o WHERE o.order_id = t.order_id)",
    "core.responses": "response_date",
    "core.answers": "(SELECT response_date FROM core.responses AS r WHERE r.response_id = t.response_id)",
    "core.response_segments": "(SELECT response_date FROM core.responses AS r WHERE r.response_id = t.response_id)",
    "core.response_topics": "(SELECT response_date FROM core.responses AS r WHERE r.response_id = t.response_id)",
    "core.referrals": "CAST(referred_at AS DATE)",
    "core.spend_tiers": "month",
    "core.order_segments": "(SELECT order_date FROM core.orders AS o WHERE o.order_id = t.order_id)",
    "core.invitations": "invited_date",
    "core.customers": "coalesce(CAST(first_seen_at AS DATE), DATE '1900-01-01')",
}
# Whoever reads these reads also the table that dates their rows, and is stale when that one moves.
DATED_BY = {
    "core.order_lines": "core.orders",
    "core.answers": "core.responses",
    "core.response_segments": "core.responses",
    "core.order_segments": "core.orders",
    "core.response_topics": "core.responses",
}


def dated(connection):
    """Every core row with its day."""
    return {
        table: {(repr(row[1:]), row[0]) for row in connection.sql(f"SELECT {day}, t.* FROM {table} AS t").fetchall()}
        for table, day in DAYS.items()
    }


def first_months(before, after):
    """Per table, the earliest month in which a row differs."""
    moved = {table: before[table] ^ after[table] for table in TABLES}
    return {table: min(day for _, day in rows).replace(day=1) for table, rows in moved.items() if rows}


def noted_months(connection, after_change):
    noted = connection.sql(
        "SELECT kind, min(from_month) FROM ops.changes WHERE change_id > $last GROUP BY kind",
        params={"last": after_change},
    ).fetchall()
    return dict(noted)


def offenders(connection):
    """Rows that the blocking checks of core object to."""
    found = {}
    for check in CHECKS:
        text = check.read_text(encoding="utf-8")
        if "-- blocking: yes" in text and (bad := connection.sql(text).fetchall()):
            found[check.stem] = bad
    return found


def check_shop(home, seed):
    """Load one random shop in pieces and at once, and compare."""
    rng = Random(seed)
    values = {
        "timezone": rng.choice(["UTC", "America/New_York", "Asia/Tokyo"]),
        "currency": rng.choice(["EUR", "EUR", "USD", None]),
    }
    landed = shops.files(rng)
    pieces = settings_for(home / "pieces", **values)
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
            found = snapshot(connection)
            set_state(connection, "core_fingerprint", "")
            conform(connection, pieces)
            assert found == snapshot(connection), "a full conform differs"
        assert offenders(connection) == {}
    at_once = settings_for(home / "at_once", **values)
    with opened(at_once) as connection:
        Vault(connection).load(*landed)
        conform(connection, at_once)
        assert found == snapshot(connection), "one load differs"


@pytest.mark.parametrize("seed", range(12))
def test_pieces_in_any_order_make_the_same_core(tmp_path, seed):
    check_shop(tmp_path, seed)
