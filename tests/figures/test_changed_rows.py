"""Checks of each key look at the keys that a conform changed, and find what they would find in the whole table."""

from __future__ import annotations

import pytest
from figures import test_passes
from figures.test_checks import PLANTS
from figures.test_passes import failing, later
from warehouse.small_warehouse import computed_warehouse, rolled_back

from pipelines.core.tables import TABLES
from pipelines.figures import checks
from pipelines.figures.changed_rows import changed_rows
from pipelines.warehouse.write import merge, transaction, watch, watched

ran = test_passes.ran
computed = test_passes.computed
KEYED = {check.name: check for check in checks.checks() if check.each not in {None, "month"}}
CORE = set(TABLES)


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A good warehouse on which all checks passed, with a copy of core as it is."""
    with computed_warehouse(tmp_path_factory.mktemp("changed_rows")) as (connection, settings):
        assert failing(connection, settings) == []
        for table in TABLES:
            connection.execute(f"CREATE TEMP TABLE before_{table.replace('.', '_')} AS FROM {table}")
        yield connection, settings


def note_what_differs(connection):
    """What `merge` would have noted, had it written what the test wrote."""
    for table in TABLES:
        before = f"before_{table.replace('.', '_')}"
        connection.execute(
            f"CREATE TEMP TABLE {watched(table)} AS "
            f"SELECT *, true AS is_new FROM (FROM {table} EXCEPT ALL FROM {before}) "
            f"UNION ALL SELECT *, false FROM (FROM {before} EXCEPT ALL FROM {table})"
        )


def merged(connection, table, rows, old, key):
    """Make the rows of a table that `old` selects equal to those that the SELECT `rows` gives."""
    with transaction(connection):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE new_rows AS {rows}")
        merge(connection, table, new="new_rows", old=old, key=key, day="DATE '2024-01-01'")


@pytest.mark.first(8)
@pytest.mark.parametrize(
    ("name", "statements"),
    [(name, statements) for name, statements in PLANTS if name in KEYED],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_planted_row_is_found_among_the_rows_that_share_its_key(good, ran, name, statements):
    connection, settings = good
    with rolled_back(connection):
        for statement in statements:
            connection.execute(statement)
        note_what_differs(connection)
        assert name in failing(connection, settings, CORE)
        assert "FROM checked_core" in ran[name]


def test_every_key_of_a_check_is_a_column_of_all_its_tables(good):
    connection, _ = good
    assert len(KEYED) >= 30
    for check in KEYED.values():
        for table in check.tables:
            assert table in TABLES, check.name
            assert check.each in connection.table(table).columns, check.name


def test_a_merge_is_noted_and_its_keys_alone_are_looked_at(computed, ran):
    connection, settings = computed
    assert failing(connection, settings) == []
    ran.clear()
    watch(connection, TABLES)
    order = "SELECT * REPLACE (channel || ' ' AS channel) FROM core.orders WHERE order_id = 'o7'"
    merged(connection, "core.orders", order, "order_id = 'o7'", "order_id")
    with changed_rows(connection, TABLES) as changed:
        assert connection.sql(f"SELECT order_id FROM {changed.by_key('core.orders', 'order_id')}").fetchall() == [
            ("o7",)
        ]
        assert connection.sql(
            f"SELECT DISTINCT order_id FROM {changed.by_key('core.order_lines', 'order_id')}"
        ).fetchall() == [("o7",)]
        assert changed.contents["core.orders"][0] == 0
    # The noted rows are gone now, and without them the whole table is looked at.
    assert failing(connection, settings, CORE) == []
    assert "FROM core.orders" in ran["core_orders_money"]


@pytest.mark.first(2)
@pytest.mark.parametrize(
    ("table", "rows", "name"),
    [
        (
            "core.orders",
            "SELECT * REPLACE (net + 1 AS net) FROM core.orders WHERE order_id = 'o7'",
            "core_orders_money",
        ),
        ("core.orders", "FROM core.orders WHERE false", "core_order_lines_reference"),
        (
            "core.order_lines",
            "SELECT * REPLACE (net + 1 AS net) FROM core.order_lines WHERE order_id = 'o7'",
            "core_order_lines_sum",
        ),
        ("core.order_segments", "FROM core.order_segments WHERE false", "core_order_segments_reference"),
    ],
)
def test_what_a_merge_broke_is_found_at_its_keys(computed, ran, table, rows, name):
    connection, settings = computed
    assert failing(connection, settings) == []
    ran.clear()
    watch(connection, TABLES)
    merged(connection, table, rows, "order_id = 'o7'", "order_id")
    assert name in failing(connection, settings, CORE)
    assert "FROM checked_core" in ran[name]
    # It fails until it is right, and then nothing is left to look at.
    assert name in failing(connection, settings)


def test_noted_rows_are_all_that_a_later_check_looks_at_and_then_it_passed(computed, ran):
    connection, settings = computed
    assert failing(connection, settings) == []
    ran.clear()
    watch(connection, TABLES)
    merged(
        connection,
        "core.customers",
        "SELECT * REPLACE ('AT' AS country) FROM core.customers WHERE customer_id = 'c01'",
        "customer_id = 'c01'",
        "customer_id",
    )
    assert failing(connection, settings, CORE) == []
    assert "FROM checked_core_orders_customer_id" in ran["core_orders_customer"]
    ran.clear()
    assert failing(connection, settings, CORE) == []
    assert ran == {}
    assert failing(connection, later(settings, days=7), CORE) == []
    assert "FROM core.orders" in ran["core_orders_customer"]


def test_what_nobody_noted_makes_checks_look_at_everything(computed, ran):
    connection, settings = computed
    assert failing(connection, settings) == []
    watch(connection, TABLES)
    # Of another order than the one that is merged.
    connection.execute("UPDATE core.orders SET net = net + 1 WHERE order_id = 'o9'")
    merged(
        connection,
        "core.orders",
        "SELECT * REPLACE ('shop' AS channel) FROM core.orders WHERE order_id = 'o7'",
        "order_id = 'o7'",
        "order_id",
    )
    assert set(failing(connection, settings, CORE)) == {"core_orders_money", "core_order_lines_sum"}
    assert "FROM core.orders" in ran["core_orders_money"]


def test_repeated_rows_are_not_noted(computed):
    connection, settings = computed
    assert failing(connection, settings) == []
    watch(connection, TABLES)
    twice = "FROM core.orders WHERE order_id = 'o7' UNION ALL FROM core.orders WHERE order_id = 'o7'"
    merged(connection, "core.orders", twice, "order_id = 'o7'", "order_id")
    assert "core_orders_unique" in failing(connection, settings, {"core.orders"})


def test_nothing_noted_is_left_behind(computed):
    connection, settings = computed
    watch(connection, TABLES)
    failing(connection, settings)
    left = connection.sql("SELECT table_name FROM duckdb_tables() WHERE database_name = 'temp'").fetchall()
    assert not [name for (name,) in left if name.startswith(("watched_", "checked_"))]
