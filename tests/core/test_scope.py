"""A night costs what is new: what one load touches, and what it leaves as it was."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from random import Random

import pytest
from core.vault import at, customer, file, line, order, response, snapshot

from pipelines.core import conform as module
from pipelines.core import temporary
from pipelines.core.conform import conform
from pipelines.core.tables import TABLES
from pipelines.warehouse.connection import set_state

MAY = at("2025-05-10 12:00")
DAY = timedelta(days=1)


@pytest.fixture
def kept(monkeypatch):
    """Conforming leaves its temporary tables until the next time, to be counted."""

    @contextmanager
    def dropped_before(connection):
        temporary.drop(connection, *temporary.relations(connection))
        yield

    monkeypatch.setattr(module, "dropped", dropped_before)


def counted(shop, *names):
    """Rows of temporary tables."""
    return {name: shop.rows(name, "count(*)")[0][0] for name in names}


def placed(shop):
    """Where each row lies: a row that was written again has moved to the end."""
    return {
        table: set(shop.rows(table, "rowid, * EXCLUDE (attributes)" if table == "core.customers" else "rowid, *"))
        for table in TABLES
    }


def some_orders(people):
    return [
        record
        for n in range(people)
        for record in (
            order(f"{n}", f"{n}@x.test", MAY - n * DAY, str(n + 1)),
            order(f"{n}b", f"{n}@x.test", MAY + n * DAY, "5"),
            line(f"{n}", "1", "1", str(n + 1), product_category="shoes"),
        )
    ]


@pytest.mark.usefixtures("kept")
def test_a_night_with_one_order_touches_its_customer(shop):
    made = shop(*some_orders(40), response("r", "3@x.test", "2025-07-01", order_id="3"))
    before = placed(made)
    made.add(order("new", "7@x.test", "2025-07-02 10:00", "50"), response("s", "7@x.test", "2025-07-05"))
    assert counted(made, "people", "new_orders", "line_versions", "spend_months", "suspect_orders", "roots") == {
        "people": 1, "new_orders": 3, "line_versions": 1, "spend_months": 0, "suspect_orders": 3, "roots": 0,
    }  # fmt: skip
    after = placed(made)
    assert [table for table, rows in before.items() if not rows <= after[table]] == []


@pytest.mark.slow
@pytest.mark.usefixtures("kept")
def test_a_refund_below_the_decile_recomputes_no_tier(shop):
    made = shop(*some_orders(40), response("r", "3@x.test", "2025-07-01"))
    [(customers, decile)] = made.rows("core.spend_tiers", "customers, top_decile_from")
    made.add(
        order("2", "2@x.test", MAY - 2 * DAY, "3", refunded="3", refunded_at="2025-06-01", updated_at="2025-06-01")
    )
    assert counted(made, "spend_months", "kept_tiers") == {"spend_months": 0, "kept_tiers": 1}
    assert made.rows("core.spend_tiers", "customers, top_decile_from") == [(customers, decile)]
    made.add(
        order("39", "39@x.test", MAY - 39 * DAY, "40", refunded="40", refunded_at="2025-06-02", updated_at="2025-06-02")
    )
    assert counted(made, "spend_months", "kept_tiers") == {"spend_months": 1, "kept_tiers": 0}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow), pytest.param(3, marks=pytest.mark.slow)])
def test_tiers_of_nights_are_those_of_all_at_once(shop, seed):
    rng = Random(seed)
    people = [f"{n}@x.test" for n in range(29)]

    def bought(name):
        refund = rng.choice([None, None, "4"])
        day = at("2025-01-01") + rng.randint(0, 170) * DAY
        return order(
            name, rng.choice(people), day, str(rng.randint(4, 30)), refunded=refund,
            refunded_at=refund and rng.choice([None, day + 20 * DAY]), updated_at=at("2025-07-01") + len(name) * DAY,
        )  # fmt: skip

    made = shop(
        *[bought(str(n)) for n in range(70)],
        *[response(str(m), rng.choice(people), f"2025-0{m}-20") for m in range(2, 8)],
    )
    for night in range(6):
        merged = [
            customer((f"{night}@x.test", f"{rng.randint(5, 9)}")),
            customer((rng.choice(people), f"{rng.randint(5, 9)}")),
        ]
        changed = [bought(str(rng.randint(0, 90)).ljust(night + 2, " ")) for _ in range(rng.randint(1, 3))]
        # The number of customers crosses thirty, where the decile is another customer.
        fresh = order(f"fresh{night}", f"fresh{night}@x.test", "2025-01-20", str(rng.randint(4, 90)))
        made.add(fresh, *changed, *(merged if night % 2 else []))
        in_nights = snapshot(made.connection)
        set_state(made.connection, "core_fingerprint", "")
        conform(made.connection, made.settings)
        assert snapshot(made.connection) == in_nights


@pytest.mark.slow
def test_shared_addresses_are_told_until_they_are_not(shop):
    def many(day):
        return [order(f"{day}-{n}", "till@x.test", f"2025-03-{day} 10:{n:02}") for n in range(10)]

    told = "SELECT doubt, subject, records FROM ops.doubts"
    made = shop(*many("01"))
    assert made.connection.sql(told).fetchall() == []
    made.add(*many("02"), order("1", "a@x.test", "2025-03-05"))
    [(doubt, subject, records)] = made.connection.sql(told).fetchall()
    assert (doubt, records) == ("shared_address", 20)
    made.add(order("2", "a@x.test", "2025-03-06"))
    assert made.connection.sql(told).fetchall() == [(doubt, subject, 20)]
    made.add(order("3", "till@x.test", "2025-03-06"))
    assert made.connection.sql(told).fetchall() == [(doubt, subject, 21)]


@pytest.mark.slow
def test_items_without_an_order_are_told_until_it_lands(shop):
    told = "SELECT doubt, records FROM ops.doubts"
    made = shop(order("1", "a@x.test", "2025-03-05"), line("1", "1"))
    made.add(line("2", "1"), line("2", "2"))
    assert made.connection.sql(told).fetchall() == [("lines_without_order", 2)]
    made.add(order("3", "b@x.test", "2025-03-05"), line("3", "1"))
    assert made.connection.sql(told).fetchall() == [("lines_without_order", 2)]
    made.add(file(order("2", "b@x.test", "2025-03-05")))
    assert made.connection.sql(told).fetchall() == []
