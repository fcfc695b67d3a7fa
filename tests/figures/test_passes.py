"""Checks that passed on the same rows are not run again, and whatever else is wrong is found as if all had run."""

from __future__ import annotations

import re
from datetime import date, timedelta

import duckdb
import pytest
from figures.test_checks import PLANTS
from warehouse.small_warehouse import computed_warehouse, rolled_back

from pipelines.figures import BY_TABLE, checks, passes
from pipelines.publish import PublishRefused, publish

OLD, NEWEST = date(2023, 12, 1), date(2024, 3, 1)
BREAKS_A_MONTH = "UPDATE nps.by_period SET nps_low = -101 WHERE month = '{}'"


@pytest.fixture
def computed(tmp_path):
    with computed_warehouse(tmp_path) as opened:
        yield opened


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A good warehouse on which all checks passed."""
    with computed_warehouse(tmp_path_factory.mktemp("passes")) as (connection, settings):
        assert failing(connection, settings) == []
        yield connection, settings


@pytest.fixture
def ran(monkeypatch):
    """The checks that ran, with their statements."""
    seen = {}

    def evaluate(connection, settings, chosen):
        seen.update({check.name: check.statement for check in chosen})
        return checks.evaluate(connection, settings, chosen)

    monkeypatch.setattr(passes, "evaluate", evaluate)
    return seen


def failing(connection, settings, tables=None):
    return [result.check.name for result in passes.verify(connection, settings, tables) if not result.passed]


def later(settings, **time):
    return settings.model_copy(update={"as_of": settings.as_of + timedelta(**time)})


def with_rows(connection):
    """Names of all checks but those of each month whose tables have none."""
    filled = {table for table in (*BY_TABLE, "ops.computed") if connection.sql(f"FROM {table} LIMIT 1").fetchall()}
    return {check.name for check in checks.checks() if check.each != "month" or filled & set(check.tables)}


def months_of(statement):
    return sorted(set(re.findall(r"DATE '(\d{4}-\d\d-01)'", statement)))


def test_what_passed_on_the_same_rows_is_not_run_again(computed, ran):
    connection, settings = computed
    first = passes.verify(connection, settings)
    assert [result.check for result in first] == list(checks.checks())
    assert set(ran) == with_rows(connection)
    ran.clear()
    second = passes.verify(connection, later(settings, days=6))
    assert [result.check for result in second] == list(checks.checks())
    assert all(result.passed for result in second)
    assert ran == {}


def test_the_second_publishing_of_an_unchanged_warehouse_runs_no_check(computed, ran):
    connection, settings = computed
    publish(connection, settings)
    assert set(ran) == with_rows(connection)
    ran.clear()
    publish(connection, settings)
    assert ran == {}


def test_months_that_changed_are_looked_at_alone(computed, ran):
    connection, settings = computed
    passes.verify(connection, settings)
    ran.clear()
    connection.execute("UPDATE nps.by_period SET is_reliable = NOT is_reliable WHERE month = $1", [NEWEST])
    assert failing(connection, settings) == []
    readers = {check.name for check in checks.checks() if "nps.by_period" in check.tables} & with_rows(connection)
    assert set(ran) == readers
    for check in checks.checks():
        if check.name in readers and check.each == "month":
            assert months_of(ran[check.name]) == ["2024-03-01"], check.name
    assert "nps_by_segment_sum" in readers
    # Not of each month: it compares the newest weeks.
    assert (
        ran["nps_by_period_answers_fell"]
        == {check.name: check.statement for check in checks.checks()}["nps_by_period_answers_fell"]
    )


@pytest.mark.parametrize("month", [OLD, NEWEST])
def test_a_broken_row_stops_the_publishing_whichever_month_it_is_in(computed, month):
    connection, settings = computed
    publish(connection, settings)
    before = settings.published_path.read_bytes()
    connection.execute(BREAKS_A_MONTH.format(month))
    for _ in range(2):
        with pytest.raises(PublishRefused, match="nps_by_period_interval: "):
            publish(connection, later(settings, minutes=5))
    assert settings.published_path.read_bytes() == before


def test_an_old_pass_does_not_cover_other_rows_of_the_same_number(computed):
    connection, settings = computed
    publish(connection, settings)
    connection.execute("UPDATE core.orders SET order_date = order_date + 1 WHERE order_id = 'o7'")
    assert failing(connection, settings, {"core.orders"}) == ["core_orders_day"]
    # What passed before the rows were broken passes once they are as they were.
    connection.execute("UPDATE core.orders SET order_date = order_date - 1 WHERE order_id = 'o7'")
    publish(connection, settings)


@pytest.mark.slow
def test_everything_is_looked_at_once_a_week_after_a_clock_set_back_and_when_asked(computed, ran):
    connection, settings = computed
    publish(connection, settings)
    everything = dict(ran)
    assert set(everything) == with_rows(connection)
    assert not any("WHERE month IN (DATE" in statement for statement in ran.values())
    ran.clear()
    publish(connection, later(settings, days=7))
    assert ran == everything
    ran.clear()
    publish(connection, later(settings, days=13))
    assert ran == {}
    publish(connection, later(settings, days=6))
    assert ran == everything
    ran.clear()
    publish(connection, later(settings, days=6), recheck=True)
    assert ran == everything


def test_the_whole_set_finds_what_a_check_of_single_months_cannot_see(computed, monkeypatch):
    """As if a check that compares months were declared to look at each by itself."""
    connection, settings = computed
    statement = "SELECT day FROM nps.alarm GROUP BY day HAVING count(*) > 1"
    wrong = checks.Check("nps_alarm_twice", "nps.alarm", "Says.", is_blocking=True, statement=statement, each="month")
    monkeypatch.setattr(passes, "checks", lambda: (wrong,))
    assert failing(connection, settings) == []
    # The same day in two months, of which one is looked at.
    connection.execute(
        "INSERT INTO nps.alarm BY NAME "
        "SELECT * REPLACE (DATE '2024-03-01' AS month) FROM nps.alarm WHERE month = $1 LIMIT 1",
        [OLD],
    )
    assert failing(connection, settings) == []
    assert failing(connection, later(settings, days=7)) == ["nps_alarm_twice"]


def test_other_settings_or_another_statement_run_the_check_again(computed, ran, monkeypatch):
    connection, settings = computed
    passes.verify(connection, settings)
    ran.clear()
    passes.verify(connection, settings.model_copy(update={"max_rejected": 0.5}))
    assert set(ran) == with_rows(connection)
    passes.verify(connection, settings)
    ran.clear()
    check = next(check for check in checks.checks() if check.name == "core_orders_money")
    changed = checks.Check(check.name, check.table, check.promise, check.is_blocking, f"{check.statement} LIMIT 9")
    monkeypatch.setattr(passes, "checks", lambda: (changed,))
    passes.verify(connection, settings)
    assert ran == {"core_orders_money": changed.statement}


def test_a_warning_is_repeated_and_its_rows_are_shown(computed):
    connection, settings = computed
    connection.execute("UPDATE ops.files SET status = 'failed', reason = 'not a CSV file'")
    for _ in range(2):
        [result] = [result for result in passes.verify(connection, settings) if not result.passed]
        assert (result.check.name, result.offending) == ("ops_files_unread", 1)
        assert result.sample["reason"].to_list() == ["not a CSV file"]


def test_no_pass_is_remembered_of_a_check_that_failed(computed):
    connection, settings = computed
    connection.execute("INSERT INTO core.customers FROM core.customers LIMIT 1")
    assert failing(connection, settings) == ["core_customers_unique"]
    remembered = {name for (name,) in connection.sql("SELECT check_name FROM ops.checked").fetchall()}
    assert remembered == with_rows(connection) - {"core_customers_unique"}


@pytest.mark.first(40)
@pytest.mark.parametrize(("name", "statements"), PLANTS, ids=[f"{name}-{n}" for n, (name, _) in enumerate(PLANTS)])
def test_planted_row_is_found_although_all_checks_passed_before(good, name, statements):
    connection, settings = good
    with rolled_back(connection):
        for statement in statements:
            connection.execute(statement)
        touched = re.findall(r"(?:INTO|UPDATE|DELETE FROM) ([a-z._]+)", " ".join(statements))
        readers = {check.table for check in checks.checks() if any(table in check.statement for table in touched)}
        assert failing(connection, settings, readers) == [name]


def tables_in(statement):
    """The tables that DuckDB's parser finds, without those that the statement itself defines."""
    with duckdb.connect() as parser:
        tree = parser.execute("SELECT json_serialize_sql($1)", [statement]).fetchall()[0][0]
    found = re.findall(
        r'"BASE_TABLE".*?"schema_name":"(.*?)","table_name":"(.*?)","column_name_alias":\[.*?"catalog_name":"(.*?)"',
        tree,
    )
    return {".".join(part for part in (catalog, schema, table) if part) for schema, table, catalog in found if schema}


@pytest.mark.slow
def test_the_tables_of_a_check_are_those_that_the_parser_finds():
    for check in checks.checks():
        # The header may name others.
        assert tables_in(check.statement) <= set(check.tables), check.name
        assert tables_in(check.statement), check.name


@pytest.mark.slow
def test_checks_of_each_month_read_only_tables_with_months(good):
    connection, _ = good
    for check in (check for check in checks.checks() if check.each == "month"):
        assert {*check.tables} <= {*BY_TABLE, "ops.computed"}, check.name
        bounded = check.on(lambda table: f"(SELECT * FROM {table} WHERE month = DATE '2024-03-01')").statement
        assert bounded.count("WHERE month = DATE") >= len(tables_in(check.statement))
        connection.execute(f"SELECT count(*) FROM ({bounded}\n)").fetchall()


def test_a_check_of_months_on_a_table_without_them_looks_at_everything(computed, monkeypatch):
    connection, settings = computed
    wrong = checks.Check("core_o", "core.orders", "Says.", True, "SELECT 1 FROM core.orders", each="month")
    monkeypatch.setattr(passes, "checks", lambda: (wrong,))
    assert failing(connection, settings) == ["core_o"]


@pytest.mark.slow
def test_checks_read_of_the_record_of_months_only_their_own_tables():
    """Its content is compared by table: a month of another table that is computed makes nothing due."""
    for check in checks.checks():
        if "ops.computed" in tables_in(check.statement):
            assert re.findall(r"table_name = '([a-z._]+)'", check.statement) == [check.table], check.name


def test_checks_read_of_the_vault_only_the_columns_whose_content_is_compared():
    readers = [(check, table) for check in checks.checks() for table in check.tables if table.startswith("vault.")]
    assert {table for _, table in readers} == set(passes.VAULT_COLUMNS)
    for check, table in readers:
        assert f"SELECT DISTINCT {passes.VAULT_COLUMNS[table]} FROM {table})" in check.statement
        assert check.statement.count(table) == 1
