"""Writing: a month is replaced whole or not at all, by name; a merge touches only what differs."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from warehouse.small_warehouse import months, rows

from pipelines.warehouse.frames import frame, registered
from pipelines.warehouse.write import Later, merge, replace_months, transaction

JANUARY, FEBRUARY, MARCH = (date(2024, month, 1) for month in (1, 2, 3))


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA s")
        connection.execute("CREATE TABLE s.figure (month DATE NOT NULL, low BIGINT NOT NULL, high BIGINT NOT NULL)")
        connection.execute("INSERT INTO s.figure SELECT m, 1, 9 FROM (VALUES (DATE '2024-01-01'), ('2024-02-01')) t(m)")
        yield connection


def made(*values):
    return pl.DataFrame(values, schema={"month": pl.Date, "low": pl.Int64, "high": pl.Int64}, orient="row")


def stored(connection):
    return rows(connection, "s.figure").rows()


OLD = [(JANUARY, 1, 9), (FEBRUARY, 1, 9)]


def test_months_are_replaced_and_others_kept(connection):
    with transaction(connection):
        replace_months(connection, "s.figure", made((FEBRUARY, 2, 3), (FEBRUARY, 4, 5)), months("2024-02", "2024-04"))
    assert stored(connection) == [(JANUARY, 1, 9), (FEBRUARY, 2, 3), (FEBRUARY, 4, 5)]


def test_replacing_again_changes_nothing(connection):
    for _ in range(3):
        with transaction(connection):
            replace_months(connection, "s.figure", made((FEBRUARY, 2, 3)), months("2024-02", "2024-03"))
    assert stored(connection) == [(JANUARY, 1, 9), (FEBRUARY, 2, 3)]


def test_month_without_rows_is_emptied(connection):
    with transaction(connection):
        replace_months(connection, "s.figure", made(), months("2024-01", "2024-03"))
    assert stored(connection) == []


def test_columns_go_by_name_not_by_position(connection):
    swapped = made((FEBRUARY, 2, 3)).select("high", "month", "low")
    with transaction(connection):
        replace_months(connection, "s.figure", swapped, months("2024-02", "2024-03"))
    assert stored(connection) == [(JANUARY, 1, 9), (FEBRUARY, 2, 3)]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (made((FEBRUARY, 2, 3)).drop("high"), "NOT NULL constraint failed: figure.high"),
        (made((FEBRUARY, 2, None)), "NOT NULL constraint failed: figure.high"),
        (made((FEBRUARY, 2, 3)).with_columns(another=1), "another"),
        (made((FEBRUARY, 2, 3)).with_columns(high=pl.lit("many")), "many"),
    ],
    ids=["a column missing", "an empty value", "a column too many", "another type"],
)
def test_a_failure_is_raised_and_leaves_the_old_rows(connection, wrong, words):
    with pytest.raises(duckdb.Error, match=words), transaction(connection):
        replace_months(connection, "s.figure", wrong, months("2024-02", "2024-03"))
    assert stored(connection) == OLD
    # And nothing prevents the next attempt.
    with transaction(connection):
        replace_months(connection, "s.figure", made((FEBRUARY, 2, 3)), months("2024-02", "2024-03"))
    assert stored(connection) == [(JANUARY, 1, 9), (FEBRUARY, 2, 3)]


@pytest.mark.parametrize("month", [JANUARY, MARCH, date(2024, 2, 2), None])
def test_row_of_another_month_is_refused(connection, month):
    with (
        pytest.raises(ValueError, match=r"1 rows for s\.figure lie outside the months 2024-02-01 \.\. 2024-03-01"),
        transaction(connection),
    ):
        replace_months(connection, "s.figure", made((FEBRUARY, 2, 3), (month, 2, 3)), months("2024-02", "2024-03"))
    assert stored(connection) == OLD


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError])
def test_transaction_is_undone_by_any_interruption(connection, error):
    def interrupted():
        connection.execute("DELETE FROM s.figure")
        raise error

    with pytest.raises(error), transaction(connection):
        interrupted()
    assert stored(connection) == OLD


def test_transaction_is_undone_with_a_result_half_read(connection):
    def interrupted():
        connection.execute("DELETE FROM s.figure")
        connection.execute("SELECT * FROM range(1000000)").fetchone()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), transaction(connection):
        interrupted()
    assert stored(connection) == OLD


def test_the_error_that_ended_the_transaction_is_the_one_raised(connection):
    def ended():
        connection.execute("ROLLBACK")
        raise ValueError("of the body")

    with pytest.raises(ValueError, match="of the body"), transaction(connection):
        ended()


def test_frame_that_is_registered_is_gone_afterwards(connection):
    with registered(connection, "given", made((MARCH, 1, 2))):
        assert connection.sql("SELECT low FROM given").fetchall() == [(1,)]
    with pytest.raises(duckdb.CatalogException):
        connection.sql("FROM given")
    with pytest.raises(RuntimeError), registered(connection, "given", made()):
        raise RuntimeError
    with pytest.raises(duckdb.CatalogException):
        connection.sql("FROM given")


def test_frames_go_both_ways_unchanged(connection):
    connection.execute("SET TimeZone = 'America/New_York'")
    there = frame(
        connection.sql(
            "SELECT 1::BIGINT AS a, 1.5::DOUBLE AS b, 12.34::DECIMAL(18, 2) AS c, DATE '2024-01-01' AS d, "
            "TIMESTAMPTZ '2024-01-01 05:00:00+00' AS e, 'é' AS f, true AS g, NULL::VARCHAR AS h"
        )
    )
    assert there["e"].dtype == pl.Datetime("us", "America/New_York")
    connection.execute("CREATE TABLE copied AS FROM (SELECT 1) WHERE false")
    with registered(connection, "given", there):
        connection.execute("CREATE OR REPLACE TABLE copied AS FROM given")
    assert_frame_equal(frame(connection.sql("FROM copied")), there)


# merge


@pytest.fixture
def orders():
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA core")
        connection.execute("CREATE TABLE core.orders (order_id VARCHAR, order_date DATE, net DECIMAL(18, 2))")
        connection.execute(
            "INSERT INTO core.orders SELECT 'o' || n, DATE '2024-01-01' + CAST(n AS INTEGER), n FROM range(10) t(n)"
        )
        connection.execute("CREATE TEMP TABLE new_orders AS SELECT *, 'f1' AS file_id FROM core.orders")
        yield connection


def merged(connection, old="true"):
    with transaction(connection):
        return merge(connection, "core.orders", new="new_orders", old=old, key="order_id", day="order_date")


def stands(connection, old="true"):
    """The table's rows that `old` selects are those of the temporary one."""
    new = rows(connection, "(SELECT * EXCLUDE file_id FROM new_orders)")
    assert_frame_equal(rows(connection, f"(FROM core.orders WHERE {old})"), new)


def physical(connection):
    """The position of each row: a rewritten row moves to the end."""
    return dict(connection.sql("SELECT order_id, rowid FROM core.orders").fetchall())


def test_equal_rows_are_not_touched(orders):
    before = physical(orders)
    assert merged(orders) == []
    assert physical(orders) == before


def test_only_what_differs_is_touched(orders):
    before = physical(orders)
    orders.execute("UPDATE new_orders SET net = 100, file_id = 'f2' WHERE order_id = 'o3'")
    orders.execute("UPDATE new_orders SET order_date = '2023-12-05', file_id = 'f2' WHERE order_id = 'o7'")
    orders.execute("DELETE FROM new_orders WHERE order_id = 'o5'")
    orders.execute("INSERT INTO new_orders VALUES ('o11', '2024-02-01', NULL, 'f3')")
    assert merged(orders) == [
        ("f2", date(2023, 12, 5), 2),
        ("f3", date(2024, 2, 1), 1),
        (None, date(2024, 1, 6), 1),
    ]
    stands(orders)
    after = physical(orders)
    assert {name for name in before if after.get(name) == before[name]} == {f"o{n}" for n in (0, 1, 2, 4, 6, 8, 9)}
    assert merged(orders) == []


def test_earliest_day_counts_before_and_after(orders):
    orders.execute("UPDATE new_orders SET order_date = '2024-06-01' WHERE order_id = 'o3'")
    assert merged(orders) == [("f1", date(2024, 1, 4), 1)]


def test_rows_outside_the_revision_stay(orders):
    orders.execute("DELETE FROM new_orders WHERE order_id <> 'o1'")
    orders.execute("UPDATE new_orders SET net = 50")
    assert merged(orders, old="order_id IN ('o1', 'o2')") == [("f1", date(2024, 1, 2), 1), (None, date(2024, 1, 3), 1)]
    stands(orders, old="order_id IN ('o1', 'o2')")
    assert orders.sql("SELECT count(*) FROM core.orders").fetchall() == [(9,)]


def test_all_rows_of_a_key_are_replaced_together(orders):
    orders.execute("INSERT INTO core.orders FROM core.orders WHERE order_id = 'o1'")
    # Two equal rows are not one row.
    assert merged(orders) == [("f1", date(2024, 1, 2), 1)]
    stands(orders)
    orders.execute("INSERT INTO new_orders VALUES ('o1', '2024-03-03', 5, 'f1')")
    assert merged(orders) == [("f1", date(2024, 3, 3), 1)]
    stands(orders)


def test_columns_of_the_new_rows_go_by_name(orders):
    orders.execute("CREATE OR REPLACE TEMP TABLE new_orders AS SELECT 7 AS net, order_date, order_id FROM core.orders")
    assert merged(orders) == [(None, date(2024, 1, 1), 9)]
    assert orders.sql("SELECT DISTINCT net FROM core.orders").fetchall() == [(7,)]


def test_rows_go_into_an_empty_table_without_comparison(orders):
    orders.execute("DELETE FROM core.orders")
    orders.execute("UPDATE new_orders SET file_id = 'f2' WHERE order_id IN ('o3', 'o4')")
    later = Later({"sent_at": ("sent_at",)})
    for table in ("core.orders", "new_orders"):
        orders.execute(f"ALTER TABLE {table} ADD COLUMN sent_at TIMESTAMP")
    orders.execute("UPDATE new_orders SET sent_at = '2023-12-30' WHERE order_id = 'o4'")
    orders.execute("CREATE MACRO business_date(moment) AS CAST(moment AS DATE)")
    with transaction(orders):
        changes = merge(
            orders, "core.orders", new="new_orders", old="true", key="order_id", day="order_date", later=later
        )
    assert changes == [("f1", date(2024, 1, 1), 8), ("f2", date(2023, 12, 30), 2)]
    stands(orders)
    assert orders.sql("SELECT count(*), bool_and(is_new) FROM differing").fetchall() == [(10, True)]
    assert merged(orders) == []
    assert orders.sql("SELECT count(*) FROM differing").fetchall() == [(0,)]


# rows that differ only in a later event

WAS = {"id": 1, "day": date(2024, 1, 5), "amount": 9, "back_at": None, "sent_at": None, "state": None, "note": ""}


@pytest.mark.parametrize(
    ("becomes", "reaches"),
    [
        ({"back_at": "2024-05-02 10:00+00"}, date(2024, 5, 2)),
        ({"back_at": "2024-05-02 10:00+00", "state": "back"}, date(2024, 5, 2)),
        ({"back_at": "2024-05-02 10:00+00", "sent_at": "2024-02-01 10:00+00"}, date(2024, 2, 1)),
        ({"back_at": "2024-05-02 10:00+00", "amount": 8}, date(2024, 1, 5)),
        ({"back_at": "2024-05-02 10:00+00", "id": 2}, date(2024, 1, 5)),
        ({"back_at": "2024-05-02 10:00+00", "note": "new"}, date(2024, 5, 2)),
        ({"sent_at": "2024-02-01 10:00+00", "state": "undated"}, date(2024, 1, 5)),
        ({"state": "undated"}, date(2024, 1, 5)),
        ({"note": "new"}, None),
    ],
)
def test_a_later_event_reaches_no_further_back_than_itself(becomes, reaches):
    def values(row):
        return [row[name] for name in WAS]

    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA core")
        connection.execute("CREATE MACRO business_date(moment) AS CAST(moment AT TIME ZONE 'UTC' AS DATE)")
        types = "id INTEGER, day DATE, amount INTEGER, back_at TIMESTAMPTZ, sent_at TIMESTAMPTZ, state TEXT, note TEXT"
        for table, row in (("core.things", WAS), ("new_things", {**WAS, **becomes})):
            connection.execute(f"CREATE TABLE {table} ({types})")
            connection.execute(f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?, ?)", values(row))
        connection.execute("CREATE TABLE before AS FROM core.things")
        later = Later(
            {"back_at": ("back_at", "state"), "sent_at": ("sent_at",)},
            undated=("CASE WHEN back_at IS NULL THEN state END",),
            unread=("note",),
        )
        rules = {"old": "true", "key": "id", "day": "day", "later": later}
        there = merge(connection, "core.things", new="new_things", **rules)
        assert connection.sql("FROM core.things").fetchall() == connection.sql("FROM new_things").fetchall()
        back = merge(connection, "core.things", new="before", **rules)
    assert [min((day for _, day, _ in changes), default=None) for changes in (there, back)] == [reaches, reaches]
