"""Numbered readings: rows in the order of time, whose places stand for ids, read once for all who look back alike."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from warehouse.small_warehouse import fill, months, warehouse

from pipelines.periods import Clock
from pipelines.warehouse.frames import frame
from pipelines.warehouse.read import NUMBERED, read

WHOLE = months("2023-11", "2024-04")


@pytest.fixture
def small(tmp_path):
    with warehouse(tmp_path) as (connection, settings):
        fill(connection)
        yield connection, Clock(settings.as_of, settings.timezone)


def numbered(small, table, lookback=None, window=WHOLE, **values):
    connection, clock = small
    return read(connection, table, window, clock, lookback, numbered=True, **values).collect()


def in_order(small, table, columns, at, name):
    """Of the rows that had happened, in the order of their times and ids."""
    connection, clock = small
    happened = at.split(", ")[-1]
    statement = f"SELECT {columns} FROM {table} WHERE {happened} <= $as_of ORDER BY {at}, {name}"
    return frame(connection.sql(statement, params={"as_of": clock.as_of}))


@pytest.mark.parametrize(
    ("table", "at", "day", "name"),
    [
        ("core.responses", "responded_at", "response_date", "response_id"),
        ("core.orders", "ordered_at", "order_date", "order_id"),
        ("core.invitations", "invited_at", "invited_date", "invitation_id"),
    ],
)
def test_rows_are_in_the_order_of_time_and_their_customers_are_told_apart(small, table, at, day, name):
    found, expected = numbered(small, table), in_order(small, table, f"customer_id, {day}", at, name)
    assert found["place"].to_list() == list(range(expected.height))
    assert found[day].to_list() == expected[day].to_list()
    pairs = pl.DataFrame({"number": found["customer_id"], "text": expected["customer_id"]}).unique()
    assert pairs.height == pairs["number"].n_unique() == pairs["text"].n_unique()
    assert (pairs["number"].is_null() == pairs["text"].is_null()).all()


def test_segments_stand_by_the_places_of_their_answers(small):
    connection, _ = small
    # Rows are removed and come again elsewhere, as when a survey is read anew.
    connection.execute("CREATE TEMP TABLE again AS FROM core.responses WHERE response_id LIKE '%3'")
    connection.execute("DELETE FROM core.responses WHERE response_id LIKE '%3'")
    connection.execute("INSERT INTO core.responses FROM again")
    connection.execute(
        "DELETE FROM core.response_segments WHERE response_id = 'r7' OR (response_id = 'r8' AND dimension = 'tier')"
    )
    answers, segments = numbered(small, "core.responses"), numbered(small, "core.response_segments")
    assert segments["response_id"].to_list() == answers["response_id"].to_list() == answers["place"].to_list()
    ids = in_order(small, "core.responses", "response_id", "responded_at", "response_id")["response_id"]
    told = {
        (name, dimension): segment
        for name, dimension, segment in connection.sql("FROM core.response_segments").fetchall()
    }
    for dimension in ("country", "tier"):
        assert segments[dimension].to_list() == [told.get((name, dimension)) for name in ids]
    assert segments.row(ids.index_of("r7"))[1:] == (None, None)


def moved(connection):
    """Answers and their segments twice, so that DuckDB gives other numbers to their rows at the next checkpoint."""
    connection.execute(
        "CREATE TEMP TABLE few AS FROM core.responses; INSERT INTO core.responses BY NAME "
        "SELECT * EXCLUDE n REPLACE ('x' || n AS response_id, responded_at - INTERVAL 9 YEAR AS responded_at, "
        "response_date - INTERVAL 9 YEAR AS response_date) FROM (SELECT * FROM few LIMIT 1), range(300000) AS t(n);"
        "INSERT INTO core.responses BY NAME SELECT * REPLACE ('y' || response_id AS response_id) FROM few;"
        "INSERT INTO core.response_segments SELECT 'y' || response_id, dimension, segment FROM core.response_segments;"
        "INSERT INTO core.response_topics SELECT 'y' || response_id, topic FROM core.response_topics;"
        "CHECKPOINT warehouse; DELETE FROM core.responses WHERE response_id LIKE 'x%'"
    )


def checkpointed(connection):
    """Whether rows have other numbers after a checkpoint."""
    [(before,)] = connection.sql("SELECT max(rowid) FROM core.responses").fetchall()
    connection.execute("CHECKPOINT warehouse")
    [(after,)] = connection.sql("SELECT max(rowid) FROM core.responses").fetchall()
    return before > after


def test_segments_find_their_answers_though_rows_were_moved_in_between(small):
    """Other figures write between two readings, and DuckDB then gives the rows that are left other numbers."""
    connection, _ = small
    moved(connection)
    readings = {}
    answers = numbered(small, "core.responses", readings=readings)
    assert checkpointed(connection)
    segments = numbered(small, "core.response_segments", readings=readings)
    assert segments["response_id"].to_list() == answers["place"].to_list()
    ids = in_order(small, "core.responses", "response_id", "responded_at", "response_id")["response_id"]
    told = connection.sql("SELECT response_id, segment FROM core.response_segments WHERE dimension = 'country'")
    by_id = dict(told.fetchall())
    assert segments["country"].to_list() == [by_id[name] for name in ids]


def test_topics_find_their_answers_though_rows_were_moved(small):
    connection, clock = small
    moved(connection)
    assert checkpointed(connection)
    topics = read(connection, "core.response_topics", WHOLE, clock, None).collect()
    told = connection.execute(
        "SELECT response_id, topic FROM core.response_topics JOIN core.responses AS r USING (response_id) "
        "WHERE responded_at <= ?",
        [clock.as_of],
    )
    assert sorted(topics.rows()) == sorted(told.fetchall())


def test_rows_of_one_instant_are_in_the_order_of_their_ids(small):
    connection, _ = small
    connection.execute("CREATE TEMP TABLE again AS FROM core.responses; DELETE FROM core.responses")
    connection.execute(
        "INSERT INTO core.responses BY NAME SELECT * REPLACE (date_trunc('month', responded_at) AS responded_at, "
        "CAST(date_trunc('month', responded_at) AS DATE) AS response_date) FROM again ORDER BY response_id DESC"
    )
    expected = in_order(small, "core.responses", "stage, category", "responded_at", "response_id")
    assert numbered(small, "core.responses").select("stage", "category").equals(expected)


def test_a_dimension_of_many_segments_keeps_them_apart(small):
    """More than the numbers of one byte."""
    connection, _ = small
    connection.execute(
        "INSERT INTO core.response_segments SELECT response_id, 'sku', 'sku ' || response_id FROM core.responses;"
        "INSERT INTO core.response_segments SELECT 'none', 'sku', format('other {:03d}', n) FROM range(300) AS t(n)"
    )
    ids = in_order(small, "core.responses", "response_id", "responded_at", "response_id")["response_id"]
    assert numbered(small, "core.response_segments")["sku"].to_list() == [f"sku {name}" for name in ids]


def test_a_day_s_rows_stand_together_though_clocks_were_set_back_over_midnight(small):
    """In St. John's until 2011 clocks went from 00:01 back to 23:01: later rows of an earlier day."""
    connection, _ = small
    connection.execute(
        "UPDATE core.responses SET response_date = response_date + 1 WHERE response_id = 'r10';"
        "UPDATE core.responses SET responded_at = (SELECT responded_at FROM core.responses WHERE response_id = 'r10') "
        "+ INTERVAL 2 MINUTE, response_date = (SELECT response_date FROM core.responses WHERE response_id = 'r10') - 1 "
        "WHERE response_id = 'r11'"
    )
    by_time = in_order(small, "core.responses", "response_date", "responded_at", "response_id")["response_date"]
    assert not by_time.is_sorted()
    found = numbered(small, "core.responses")
    expected = in_order(small, "core.responses", "*", "response_date, responded_at", "response_id")
    assert found["place"].to_list() == list(range(by_time.len()))
    assert found.select("response_date", "responded_at").equals(expected.select("response_date", "responded_at"))


def test_who_looks_back_to_before_all_rows_shares_a_reading(small):
    readings = {}
    for lookback in (None, timedelta(days=700), timedelta(days=800)):
        numbered(small, "core.responses", lookback, readings=readings)
    # Segments take the places of the answers that were read.
    numbered(small, "core.response_segments", readings=readings)
    assert len([key for key in readings if key[0] is NUMBERED["core.responses"][0]]) == 1
    short = numbered(small, "core.responses", timedelta(days=10), months("2024-01", "2024-04"), readings=readings)
    assert short["response_date"].min() == date(2023, 12, 22)
    assert len([key for key in readings if key[0] is NUMBERED["core.responses"][0]]) == 2
