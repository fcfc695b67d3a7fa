"""Numbered readings: rows in order of time, places instead of ids, one reading for all figures with the same bounds."""

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
    """The rows that had happened, in order of their times and ids."""
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
def test_rows_are_in_order_of_time_and_their_customers_are_numbered(small, table, at, day, name):
    rows, expected = numbered(small, table), in_order(small, table, f"customer_id, {day}", at, name)
    assert rows["place"].to_list() == list(range(expected.height))
    assert rows[day].to_list() == expected[day].to_list()
    pairs = pl.DataFrame({"number": rows["customer_id"], "text": expected["customer_id"]}).unique()
    assert pairs.height == pairs["number"].n_unique() == pairs["text"].n_unique()
    assert (pairs["number"].is_null() == pairs["text"].is_null()).all()


def test_segments_are_aligned_with_their_answers(small):
    connection, _ = small
    # Rows are removed and inserted elsewhere, as when a survey is read again.
    connection.execute("CREATE TEMP TABLE again AS FROM core.responses WHERE response_id LIKE '%3'")
    connection.execute("DELETE FROM core.responses WHERE response_id LIKE '%3'")
    connection.execute("INSERT INTO core.responses FROM again")
    connection.execute(
        "DELETE FROM core.response_segments WHERE response_id = 'r7' OR (response_id = 'r8' AND dimension = 'tier')"
    )
    answers, segments = numbered(small, "core.responses"), numbered(small, "core.response_segments")
    assert segments["response_id"].to_list() == answers["response_id"].to_list() == answers["place"].to_list()
    ids = in_order(small, "core.responses", "response_id", "responded_at", "response_id")["response_id"]
    segment_of = {
        (name, dimension): segment
        for name, dimension, segment in connection.sql("FROM core.response_segments").fetchall()
    }
    for dimension in ("country", "tier"):
        assert segments[dimension].to_list() == [segment_of.get((name, dimension)) for name in ids]
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


def test_segments_match_their_answers_though_rows_moved_in_between(small):
    """Figures are written between two readings, after which DuckDB renumbers the remaining rows."""
    connection, _ = small
    moved(connection)
    readings = {}
    answers = numbered(small, "core.responses", readings=readings)
    assert checkpointed(connection)
    segments = numbered(small, "core.response_segments", readings=readings)
    assert segments["response_id"].to_list() == answers["place"].to_list()
    ids = in_order(small, "core.responses", "response_id", "responded_at", "response_id")["response_id"]
    stored = connection.sql("SELECT response_id, segment FROM core.response_segments WHERE dimension = 'country'")
    by_id = dict(stored.fetchall())
    assert segments["country"].to_list() == [by_id[name] for name in ids]


def test_topics_match_their_answers_though_rows_moved(small):
    connection, clock = small
    moved(connection)
    assert checkpointed(connection)
    topics = read(connection, "core.response_topics", WHOLE, clock, None).collect()
    stored = connection.execute(
        "SELECT response_id, topic FROM core.response_topics JOIN core.responses AS r USING (response_id) "
        "WHERE responded_at <= ?",
        [clock.as_of],
    )
    assert sorted(topics.rows()) == sorted(stored.fetchall())


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
    """More segments than one byte can number."""
    connection, _ = small
    connection.execute(
        "INSERT INTO core.response_segments SELECT response_id, 'sku', 'sku ' || response_id FROM core.responses;"
        "INSERT INTO core.response_segments SELECT 'none', 'sku', format('other {:03d}', n) FROM range(300) AS t(n)"
    )
    ids = in_order(small, "core.responses", "response_id", "responded_at", "response_id")["response_id"]
    assert numbered(small, "core.response_segments")["sku"].to_list() == [f"sku {name}" for name in ids]


def test_a_day_s_rows_are_adjacent_though_clocks_were_set_back_across_midnight(small):
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
    rows = numbered(small, "core.responses")
    expected = in_order(small, "core.responses", "*", "response_date, responded_at", "response_id")
    assert rows["place"].to_list() == list(range(by_time.len()))
    assert rows.select("response_date", "responded_at").equals(expected.select("response_date", "responded_at"))


def test_figures_that_look_back_beyond_the_first_row_share_a_reading(small):
    readings = {}
    for lookback in (None, timedelta(days=700), timedelta(days=800)):
        numbered(small, "core.responses", lookback, readings=readings)
    # Segments are part of the reading of the answers.
    numbered(small, "core.response_segments", readings=readings)
    assert len([key for key in readings if key[0] is NUMBERED["core.responses"][0]]) == 1
    short = numbered(small, "core.responses", timedelta(days=10), months("2024-01", "2024-04"), readings=readings)
    assert short["response_date"].min() == date(2023, 12, 22)
    assert len([key for key in readings if key[0] is NUMBERED["core.responses"][0]]) == 2
