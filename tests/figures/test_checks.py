"""The checks: each passes on a good small warehouse, and each alone finds the row planted for it."""

from __future__ import annotations

import re

import duckdb
import pytest
from figures import plants_core, plants_loop, plants_nps, plants_value
from warehouse.small_warehouse import computed_warehouse, rolled_back, warehouse

from pipelines.core.doubts import doubts
from pipelines.figures import checks

PLANTS = [*plants_core.PLANTS, *plants_loop.PLANTS, *plants_nps.PLANTS, *plants_value.PLANTS]


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    with computed_warehouse(tmp_path_factory.mktemp("checks")) as opened:
        yield opened


@pytest.fixture
def planted(good):
    """The good warehouse; what a test plants in it is undone."""
    connection, settings = good
    with rolled_back(connection):
        yield connection, settings


def failing(connection, settings, tables=None):
    return [result.check.name for result in checks.run(connection, settings, tables) if not result.passed]


def test_good_warehouse_passes_every_check(good):
    results = checks.run(*good)
    assert len(results) == len(checks.checks())
    assert [result.check.name for result in results if not result.passed] == []


def test_empty_warehouse_passes_every_check(tmp_path):
    with warehouse(tmp_path) as (connection, settings):
        assert failing(connection, settings) == []


def test_every_check_has_a_plant():
    assert {name for name, _ in PLANTS} == {check.name for check in checks.checks()}


@pytest.mark.parametrize(("name", "statements"), PLANTS, ids=[f"{name}-{n}" for n, (name, _) in enumerate(PLANTS)])
def test_planted_row_fails_its_check_alone(planted, name, statements):
    connection, settings = planted
    for statement in statements:
        connection.execute(statement)
    # A check that reads no touched table cannot have changed; running all each time would take a minute.
    touched = re.findall(r"(?:INTO|UPDATE|DELETE FROM) ([a-z._]+)", " ".join(statements))
    readers = {check.table for check in checks.checks() if any(table in check.statement for table in touched)}
    assert failing(connection, settings, readers) == [name]


def test_result_counts_the_rows_and_shows_the_first(planted):
    connection, settings = planted
    connection.execute("UPDATE core.orders SET order_date = order_date + 1 WHERE order_id < 'o2'")
    [result] = [result for result in checks.run(connection, settings, {"core.orders"}) if not result.passed]
    [(moved,)] = connection.sql("SELECT count(*) FROM core.orders WHERE order_id < 'o2'").fetchall()
    assert (result.check.name, result.offending, result.check.is_blocking) == ("core_orders_day", moved, True)
    assert result.sample.height == checks.SHOWN_ROWS
    assert result.sample.columns == ["order_id", "ordered_at", "order_date", "days_late"]


def test_checks_of_some_tables(good):
    names = [result.check.name for result in checks.run(*good, {"core.orders", "ops.files"})]
    assert names == [check.name for check in checks.checks() if check.table in {"core.orders", "ops.files"}]
    assert names


def test_share_of_refused_rows_is_a_setting(planted, tmp_path):
    connection, settings = planted
    connection.execute("UPDATE ops.files SET rejected = 21, accepted = 79")
    assert failing(connection, settings) == ["ops_files_rejected"]
    assert failing(connection, settings.model_copy(update={"max_rejected": 0.21})) == []


def test_the_texts_asked_for_an_at_are_those_matched_with_the_pattern():
    looked_at = 0
    for check in checks.checks():
        asked = re.findall(r"contains\((\w+), '@'\)", check.statement)
        if asked and check.table.startswith("core."):
            [matched] = re.findall(r"concat_ws\(' ', ([^()]*)\)", check.statement)
            assert re.split(r",\s+", matched) == asked, check.name
            looked_at += 1
    assert looked_at == 4


def test_every_table_of_the_warehouse_with_a_key_is_checked(good):
    """Core and figure tables: a check for each; the name begins with the table's, so that an error points there."""
    connection, _ = good
    tables = {
        name
        for (name,) in connection.sql(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = 'warehouse'"
        ).fetchall()
    }
    checked = {check.table for check in checks.checks()}
    assert checked <= tables
    assert {name for name in tables if not name.startswith("ops.")} <= checked
    for check in checks.checks():
        assert check.name.startswith(check.table.replace(".", "_")), check.name


def test_warnings_are_the_ones_an_operator_can_do_something_about():
    assert {check.name for check in checks.checks() if not check.is_blocking} == {
        "core_orders_without_rate",
        "loop_recovery_held_out",
        "nps_alarm_raised",
        "nps_by_period_answers_fell",
        "nps_by_period_response_rate_fell",
        "nps_by_segment_newly_below",
        "nps_drivers_unmatched",
        *(f"ops_doubts_{doubt.code}" for doubt in doubts()),
        "ops_files_rejected",
        "ops_files_unread",
        "value_models_correlation",
    }


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1",
        "-- table: core.orders\nSELECT 1",
        "-- table: core.orders\n-- blocking: yes\nSELECT 1",
        "-- table: core.orders\n-- blocking: perhaps\n-- Says.\nSELECT 1",
        "-- Says.\n-- table: core.orders\n-- blocking: yes\nSELECT 1",
    ],
)
def test_check_without_its_header_is_refused(tmp_path, text):
    (tmp_path / "a.sql").write_text(text)
    with pytest.raises(ValueError, match=r"a\.sql must begin with '-- table: '"):
        checks.written(tmp_path)


def test_comments_below_the_header_are_no_promise(tmp_path):
    (tmp_path / "a.sql").write_text("-- table: t.a\n-- blocking: no\n-- Says\n-- this.\nSELECT 1 -- one\n-- aside\n")
    [check] = checks.written(tmp_path)
    assert (check.table, check.is_blocking, check.promise) == ("t.a", False, "Says this.")
    with duckdb.connect() as connection:
        assert connection.sql(f"SELECT * FROM ({check.statement}\n)").fetchall() == [(1,)]
