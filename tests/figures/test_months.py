"""Which months of a figure table have rows: those with data, up to the clock, within the retention."""

from __future__ import annotations

from datetime import date

import pytest
from warehouse.small_warehouse import (
    NEEDS_A_PAST,
    compute_all,
    figures,
    fill,
    fresh,
    make_settings,
    months,
    rows,
    same,
    warehouse,
)

from pipelines.figures import BY_TABLE
from pipelines.figures.compute import compute, stale_range
from pipelines.warehouse.stale import data_months

pytestmark = pytest.mark.slow


@pytest.fixture
def open_warehouse(tmp_path):
    """The small warehouse, nothing computed yet."""
    with warehouse(tmp_path) as (connection, settings):
        fill(connection)
        yield connection, settings


def test_clock_moved_back_deletes_the_months_after_it(open_warehouse):
    connection, settings = open_warehouse
    compute_all(connection, settings)
    earlier = make_settings(settings.home, as_of="2024-01-20T12:00:00+00:00")
    compute_all(connection, earlier, months("2024-01", "2024-02"))
    for table in (BY_TABLE.keys() | {"ops.computed"}) - NEEDS_A_PAST:
        newest = connection.sql(f"SELECT max(month) FROM {table}").fetchall()[0][0]
        assert newest == date(2024, 1, 1), table
    assert {month for (month,) in connection.sql("SELECT DISTINCT month FROM value.customers").fetchall()} == {
        date(2024, 1, 1)
    }
    # The newest month alone was computed; the customers of the one before it are still due.
    compute_all(connection, earlier, stale_range(connection, earlier))
    night = figures(connection)
    same(fresh(connection, earlier), night)


@pytest.mark.parametrize(("kept", "first"), [(1, 3), (2, 2), (3, 1)])
def test_customer_months_beyond_the_retention_are_deleted(open_warehouse, kept, first):
    connection, settings = open_warehouse
    compute_all(connection, make_settings(settings.home, customer_months=0))
    assert len(set(rows(connection, "value.customers")["month"])) == 5
    shorter = make_settings(settings.home, customer_months=kept)
    # The night computes the open month only; older months are deleted all the same.
    compute_all(connection, shorter, months("2024-03", "2024-04"))
    for table in ("value.customers", "(FROM ops.computed WHERE table_name = 'value.customers')"):
        assert rows(connection, table)["month"].min() == date(2024, first, 1)
    # Aggregates keep every month.
    assert rows(connection, "value.by_category")["month"].min() == date(2023, 11, 1)


def test_months_before_the_first_record_are_deleted(open_warehouse):
    connection, settings = open_warehouse
    compute_all(connection, settings)
    connection.execute("DELETE FROM core.orders WHERE order_date < '2024-01-01'")
    connection.execute("DELETE FROM core.responses WHERE response_date < '2024-01-01'")
    compute_all(connection, settings, data_months(connection, settings))
    same(figures(connection), fresh(connection, settings))
    assert rows(connection, "ops.computed")["month"].min() == date(2024, 1, 1)


def test_months_before_the_first_partition_are_deleted(open_warehouse):
    connection, settings = open_warehouse
    compute_all(connection, settings)
    later = make_settings(settings.home, first_month="2024-02-01")
    compute_all(connection, later, months("2024-03", "2024-04"))
    assert rows(connection, "nps.by_period")["month"].min() == date(2024, 2, 1)


def test_all_rows_are_deleted_with_the_last_record(open_warehouse):
    connection, settings = open_warehouse
    compute_all(connection, settings)
    for table in ("core.orders", "core.responses"):
        connection.execute(f"DELETE FROM {table}")
    compute_all(connection, settings, stale_range(connection, settings))
    assert {table: rows_.height for table, rows_ in figures(connection).items()} == dict.fromkeys(BY_TABLE, 0)
    assert stale_range(connection, settings) is None


def test_months_after_the_open_one_have_no_rows(open_warehouse):
    connection, settings = open_warehouse
    done = compute(connection, BY_TABLE["nps.by_period"], months("2024-04", "2024-06"), settings, run_id="run")
    assert (done.rows, done.months) == (0, months("2024-04", "2024-06"))
    assert rows(connection, "ops.computed").is_empty()
