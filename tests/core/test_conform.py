"""Conforming as one transaction: what a failure leaves, what makes everybody due, what is projected."""

from __future__ import annotations

import pytest
from core.vault import customer, file, invitation, line, order, referral, response, snapshot

from pipelines.core import conform as module
from pipelines.core.conform import conform
from pipelines.warehouse.connection import set_state, state

FIRST = [
    order("1", "a@x.test", "2025-01-01"),
    line("1", "1", "1", "5"),
    response("r", "a@x.test", "2025-01-05", answers={"Why?": "price"}),
]
SECOND = [
    order("1", "b@x.test", "2025-01-01", updated_at="2025-01-09"),
    order("2", "a@x.test", "2025-01-03"),
    line("1", "2", "1", "5"),
    customer(("a@x.test", "7"), tier="gold", consent=True),
    referral("x", "b@x.test", "a@x.test", "2025-01-01"),
    invitation("i", "a@x.test", "2025-01-04"),
]


@pytest.mark.first(1)
@pytest.mark.parametrize(
    "fails_at",
    [
        "core.referrals",
        *(
            pytest.param(table, marks=pytest.mark.slow)
            for table in (
                "core.order_lines",
                "core.orders",
                "core.customers",
                "core.response_topics",
                "core.response_segments",
                "core.order_segments",
            )
        ),
        "core.responses",
        "core.invitations",
        "core.consents",
    ],
)
def test_failure_leaves_core_as_it_was_and_the_next_conform_completes(shop, monkeypatch, fails_at):
    made = shop(*FIRST)
    before, changes, states = snapshot(made.connection), made.rows("ops.changes"), made.rows("ops.state")
    merge = module.merge

    def failing(connection, table, **values):
        changed = merge(connection, table, **values)
        if table == fails_at:
            raise KeyboardInterrupt
        return changed

    with monkeypatch.context() as patch:
        patch.setattr(module, "merge", failing)
        with pytest.raises(KeyboardInterrupt):
            made.add(*SECOND)
    assert (snapshot(made.connection), made.rows("ops.changes"), made.rows("ops.state")) == (before, changes, states)
    conform(made.connection, made.settings)
    after = snapshot(made.connection)
    assert after != before
    set_state(made.connection, "core_fingerprint", "")
    assert conform(made.connection, made.settings).changes == []
    assert after == snapshot(made.connection)


def test_nothing_new_is_nothing_done(shop):
    made = shop(*FIRST)
    again = conform(made.connection, made.settings)
    assert (again.changes, again.people) == ([], 0)
    assert again.rows == made.conformed.rows
    assert again.rows == {
        "core.customers": 1,
        "core.orders": 1,
        "core.order_lines": 1,
        "core.responses": 1,
        "core.answers": 1,
        "core.response_segments": 18,
        "core.response_topics": 0,
        "core.referrals": 0,
        "core.consents": 0,
        "core.spend_tiers": 0,
        "core.rfm_edges": 0,
        "core.order_segments": 1,
        "core.invitations": 0,
        "core.follow_ups": 0,
        "core.reviews_given": 0,
    }


def test_an_incremental_conform_looks_only_at_touched_people(shop):
    made = shop(*FIRST, order("9", "z@x.test", "2025-01-01"))
    assert made.conformed.people is None
    made.add(order("2", "a@x.test", "2025-01-03"))
    assert made.conformed.people == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "values",
    [{"timezone": "Asia/Tokyo"}, {"order_value_bands": "7"}, {"attributes": "tier"}, {"publish_comments": False},
     {"currency": "EUR"}],
)  # fmt: skip
def test_setting_that_shapes_core_makes_everybody_due(shop, values):
    made = shop(*FIRST)
    changed = made.settings.model_copy(
        update={name: tuple(value.split(",")) if name == "attributes" else value for name, value in values.items()}
    )
    if "order_value_bands" in values:
        changed = type(made.settings)(home=made.settings.home, salt=made.settings.salt, **values)
    assert conform(made.connection, changed).people is None
    assert conform(made.connection, changed).people == 0


def test_a_new_year_makes_age_bands_due(shop):
    made = shop(*FIRST, as_of="2024-12-31T00:00:00Z")
    later = made.settings.model_copy(update={"as_of": made.settings.as_of.replace(year=2025)})
    assert conform(made.connection, later).people is None


def test_a_vault_older_than_core_is_conformed_whole(shop):
    made = shop(*FIRST)
    set_state(made.connection, "applied_load_id", "9")
    assert conform(made.connection, made.settings).people is None
    assert state(made.connection, "applied_load_id") == "1"


def test_files_are_projected_with_their_duplicates(shop):
    made = shop(file(order("1", "a@x.test", "2025-01-31 23:30"), name="f"), timezone="Europe/Paris")
    made.connection.execute(
        "UPDATE vault.raw.files SET first_event_at = '2025-01-31 23:30+00', last_event_at = '2025-02-28 23:30+00'"
    )
    made.connection.execute(
        """
        INSERT INTO vault.raw.paths VALUES ('b.csv', 1, 1, 'f', 'read', NULL), ('a.csv', 1, 1, 'f', 'read', NULL),
            ('c.csv.part', 2, 1, NULL, 'waiting', 'half')
        """
    )
    conform(made.connection, made.settings)
    files = made.rows("ops.files", "path, status, reason, bytes, strftime(first_month, '%Y-%m'), last_month::VARCHAR")
    assert files == [
        ("a.csv", "loaded", None, 1, "2025-02", "2025-03-01"),
        ("b.csv", "duplicate", None, 1, "2025-02", "2025-03-01"),
        ("c.csv.part", "waiting", "half", 2, None, None),
    ]


def test_refused_rows_are_projected_masked(shop):
    made = shop(*FIRST)
    made.connection.execute(
        """
        INSERT INTO vault.raw.rejected (file_id, row_number, kind, column_name, reason, value, allowed, record) VALUES
            ('f', 1, 'orders', 'total', 'not_a_number', 'Ann 0170 1234567', 'a number',
            '{"total": "Ann 0170 1234567", "customer_email": "ann@x.test"}')
        """
    )
    made.add(order("2", "a@x.test", "2025-01-03"))
    assert made.rows("ops.rejected", "value, record") == [("xxx #", '{"total":"xxx #","customer_email":"xxx@x.xxxx"}')]
