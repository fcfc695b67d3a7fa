"""A large load's rows wait on disk beyond a limit of memory, and are the same."""

from __future__ import annotations

import pytest

from pipelines.raw import memory

ORDERS = "order_id,ordered_at,total,currency,customer_email\n" + "".join(
    f"o{n},2025-01-{n % 28 + 1:02},{n}.50,EUR,user{n % 500}@shop.example\n" for n in range(60_000)
)
LIMIT = "SELECT parse_formatted_bytes(current_setting('memory_limit'))"


@pytest.fixture
def bound_all(monkeypatch):
    monkeypatch.setattr(memory, "SMALL", 0)
    monkeypatch.setattr(memory, "MOST", 2**26)
    monkeypatch.setattr(memory, "OF_A_THREAD", 1)


def limit(connection):
    return connection.sql(LIMIT).fetchall()[0][0]


@pytest.mark.slow
def test_rows_are_the_same_under_the_limit(make_shop, bound_all):
    bound, free = make_shop(), make_shop()
    spill = bound.settings.home / "spill"
    bound.connection.execute(f"SET temp_directory = '{spill}'")
    for shop in (bound, free):
        shop.drop("orders.csv", ORDERS)
    free.settings = free.settings.model_copy(update={"memory": "2GiB"})
    assert bound.load().accepted == free.load().accepted == {"orders": 60_000}
    assert bound.fingerprint() == free.fingerprint()


def test_limit_is_taken_back(shop, bound_all):
    before = limit(shop.connection)
    with memory.bounded(shop.connection, shop.settings, 1):
        assert limit(shop.connection) == 2**26
    assert limit(shop.connection) > 2**26
    with pytest.raises(ValueError, match="anything"), memory.bounded(shop.connection, shop.settings, 1):
        raise ValueError("anything")
    assert 2**26 < limit(shop.connection) <= before


def test_small_loads_and_the_operators_limit_are_left_alone(shop):
    before = limit(shop.connection)
    with memory.bounded(shop.connection, shop.settings, memory.SMALL):
        assert limit(shop.connection) == before
    own = shop.settings.model_copy(update={"memory": "9GiB"})
    with memory.bounded(shop.connection, own, 2**40):
        assert limit(shop.connection) == before
