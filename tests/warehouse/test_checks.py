"""The checks: each passes on a good small warehouse, and each alone finds the row planted for it."""

from __future__ import annotations

import re

import duckdb
import pytest
from warehouse.small_warehouse import compute_all, fill, warehouse

from pipelines.warehouse import checks

MAIL = "anna@shop.example"
NOTE = (
    "UPDATE ops.computed SET rows = (SELECT count(*) FROM {0} AS t WHERE t.month = computed.month) "
    "WHERE table_name = '{0}'"
)
FIRST_WEEK = "grain = 'week' AND period_start = (SELECT min(period_start) FROM nps.by_period WHERE grain = 'week')"
ONE_SEGMENT = "grain = 'year' AND stage = 'all' AND dimension = 'country' AND segment = 'DE'"

# Check, and the statements that break its promise and no other's.
PLANTS = [
    ("core_answers_private", [f"INSERT INTO core.answers VALUES ('r1', 'q', 'ask {MAIL}')"]),
    ("core_answers_private", [f"INSERT INTO core.answers VALUES ('r1', '{MAIL}?', 'yes')"]),
    ("core_answers_reference", ["INSERT INTO core.answers VALUES ('nobody', 'q', 'a')"]),
    ("core_answers_unique", ["INSERT INTO core.answers FROM core.answers LIMIT 1"]),
    ("core_customers_private", [f"UPDATE core.customers SET attributes = MAP {{'tier': '{MAIL}'}}"]),
    ("core_customers_private", [f"UPDATE core.customers SET country = '{MAIL}' WHERE customer_id = 'c05'"]),
    ("core_customers_referrer", ["UPDATE core.customers SET referred_by = customer_id WHERE customer_id = 'c05'"]),
    ("core_customers_referrer", ["UPDATE core.customers SET referred_by = 'nobody' WHERE customer_id = 'c05'"]),
    ("core_customers_unique", ["INSERT INTO core.customers FROM core.customers LIMIT 1"]),
    ("core_order_lines_private", [f"UPDATE core.order_lines SET product = '{MAIL}' WHERE order_id = 'o1'"]),
    (
        "core_order_lines_reference",
        ["INSERT INTO core.order_lines (order_id, line_id, quantity) VALUES ('nobody', '1', 1)"],
    ),
    ("core_order_lines_sum", ["UPDATE core.order_lines SET net = net + 0.01 WHERE order_id = 'o1'"]),
    (
        "core_order_lines_unique",
        ["INSERT INTO core.order_lines SELECT * REPLACE (0 AS net) FROM core.order_lines WHERE order_id = 'o1'"],
    ),
    (
        "core_orders_conserved",
        [
            "INSERT INTO vault.raw.orders BY NAME SELECT * REPLACE ('new' AS order_id) "
            "FROM vault.raw.orders WHERE order_id = 'o1'"
        ],
    ),
    ("core_orders_counts", ["UPDATE core.orders SET counts = true WHERE order_id = 'o0'"]),
    (
        "core_orders_counts",
        [
            "UPDATE core.orders SET refunded = gross, net = 0 WHERE order_id = 'o1'",
            "UPDATE core.order_lines SET net = 0 WHERE order_id = 'o1'",
        ],
    ),
    ("core_orders_customer", ["UPDATE core.orders SET customer_id = 'nobody' WHERE order_id = 'o1'"]),
    ("core_orders_day", ["UPDATE core.orders SET order_date = order_date + 1 WHERE order_id = 'o1'"]),
    ("core_orders_day", ["UPDATE core.orders SET days_late = days_late + 1 WHERE order_id = 'o1'"]),
    (
        "core_orders_money",
        [
            "UPDATE core.orders SET net = net + 0.01 WHERE order_id = 'o1'",
            "UPDATE core.order_lines SET net = net + 0.01 WHERE order_id = 'o1'",
        ],
    ),
    ("core_orders_private", [f"UPDATE core.orders SET channel = '{MAIL}' WHERE order_id = 'o1'"]),
    (
        "core_orders_unique",
        [
            "DELETE FROM core.order_lines WHERE order_id = 'o2'",
            "DELETE FROM core.orders WHERE order_id = 'o2'",
            "INSERT INTO core.orders FROM core.orders WHERE order_id = 'o1'",
        ],
    ),
    (
        "core_orders_without_rate",
        [
            "UPDATE core.orders SET gross = NULL, refunded = NULL, net = NULL, counts = false WHERE order_id = 'o1'",
            "UPDATE core.order_lines SET net = NULL WHERE order_id = 'o1'",
        ],
    ),
    (
        "core_referrals_credit",
        ["INSERT INTO core.referrals SELECT * REPLACE ('f9' AS referral_id) FROM core.referrals LIMIT 1"],
    ),
    ("core_referrals_credit", ["UPDATE core.referrals SET advocate_id = friend_id"]),
    ("core_referrals_private", [f"UPDATE core.referrals SET status = '{MAIL}'"]),
    ("core_referrals_references", ["UPDATE core.referrals SET advocate_id = 'nobody'"]),
    ("core_referrals_references", ["UPDATE core.referrals SET friend_id = 'nobody' WHERE friend_id = 'c03'"]),
    (
        "core_referrals_unique",
        ["INSERT INTO core.referrals SELECT * REPLACE (false AS is_credited) FROM core.referrals LIMIT 1"],
    ),
    (
        "core_response_segments_private",
        [f"UPDATE core.response_segments SET segment = '{MAIL}' WHERE response_id = 'r1' AND dimension = 'tier'"],
    ),
    ("core_response_segments_reference", ["INSERT INTO core.response_segments VALUES ('nobody', 'tier', 'gold')"]),
    ("core_response_segments_whole", ["DELETE FROM core.response_segments WHERE response_id = 'r1'"]),
    ("core_response_segments_whole", ["INSERT INTO core.response_segments VALUES ('r1', 'tier', 'gold')"]),
    ("core_response_segments_whole", ["DELETE FROM core.response_segments"]),
    ("core_responses_category", ["UPDATE core.responses SET category = 'passive' WHERE response_id = 'r0'"]),
    (
        "core_responses_conserved",
        [
            "INSERT INTO vault.raw.responses BY NAME SELECT * REPLACE ('new' AS response_id) "
            "FROM vault.raw.responses WHERE response_id = 'r1'"
        ],
    ),
    ("core_responses_day", ["UPDATE core.responses SET response_date = response_date - 1 WHERE response_id = 'r1'"]),
    ("core_responses_next", ["UPDATE core.responses SET next_response_at = NULL"]),
    (
        "core_responses_next",
        ["UPDATE core.responses SET next_response_at = TIMESTAMPTZ '2024-06-01 00:00:00+00' WHERE response_id = 'r9'"],
    ),
    ("core_responses_private", [f"UPDATE core.responses SET comment = 'I am {MAIL}' WHERE response_id = 'r1'"]),
    ("core_responses_private", ["UPDATE core.responses SET comment = 'josé@exämple' WHERE response_id = 'r1'"]),
    ("core_responses_private", [f"UPDATE core.responses SET survey = '{MAIL}' WHERE response_id = 'r1'"]),
    ("core_responses_references", ["UPDATE core.responses SET order_id = 'nobody' WHERE response_id = 'r1'"]),
    ("core_responses_references", ["UPDATE core.responses SET customer_id = 'nobody' WHERE response_id = 'r9'"]),
    (
        "core_responses_unique",
        [
            "UPDATE core.responses SET response_id = 'r19' WHERE response_id = 'r9'",
            "DELETE FROM core.response_segments WHERE response_id = 'r9'",
        ],
    ),
    ("core_spend_tiers_unique", ["INSERT INTO core.spend_tiers FROM core.spend_tiers LIMIT 1"]),
    ("nps_by_period_computed", ["UPDATE ops.computed SET rows = rows + 1 WHERE table_name = 'nps.by_period'"]),
    (
        "nps_by_period_computed",
        ["DELETE FROM ops.computed WHERE table_name = 'nps.by_period' AND month < '2024-01-01'"],
    ),
    (
        "nps_by_period_computed",
        ["INSERT INTO ops.computed FROM ops.computed WHERE table_name = 'nps.by_period' LIMIT 1"],
    ),
    ("nps_by_period_counts", [f"UPDATE nps.by_period SET promoters = promoters + 1 WHERE {FIRST_WEEK}"]),
    (
        "nps_by_period_counts",
        [
            "UPDATE nps.by_period SET promoters = promoters + 1, responses = responses + 1 "
            f"WHERE {FIRST_WEEK} AND stage = 'all'"
        ],
    ),
    ("nps_by_period_interval", [f"UPDATE nps.by_period SET nps_low = -100.5 WHERE {FIRST_WEEK}"]),
    ("nps_by_period_interval", [f"UPDATE nps.by_period SET nps = 'nan' WHERE {FIRST_WEEK}"]),
    ("nps_by_period_interval", ["UPDATE nps.by_period SET change_p_value = 1.5 WHERE change_p_value IS NOT NULL"]),
    ("nps_by_period_month", ["UPDATE nps.by_period SET period_end = period_end - 1 WHERE grain = 'trailing_90d'"]),
    ("nps_by_period_month", [f"UPDATE nps.by_period SET period_start = period_start - 1 WHERE {FIRST_WEEK}"]),
    (
        "nps_by_period_month",
        ["UPDATE nps.by_period SET is_complete = true WHERE grain = 'month' AND period_start = '2024-03-01'"],
    ),
    (
        "nps_by_period_unique",
        [f"INSERT INTO nps.by_period FROM nps.by_period WHERE {FIRST_WEEK}", NOTE.format("nps.by_period")],
    ),
    ("nps_by_segment_computed", ["UPDATE ops.computed SET rows = 0 WHERE table_name = 'nps.by_segment'"]),
    ("nps_by_segment_interval", [f"UPDATE nps.by_segment SET adjusted_p_value = 1.5 WHERE {ONE_SEGMENT}"]),
    ("nps_by_segment_interval", [f"UPDATE nps.by_segment SET nps_high = nps_low - 1 WHERE {ONE_SEGMENT}"]),
    ("nps_by_segment_month", ["UPDATE nps.by_segment SET period_end = period_end - 1 WHERE grain = 'trailing_90d'"]),
    (
        "nps_by_segment_month",
        [
            "UPDATE nps.by_segment SET month = '2024-02-01' WHERE grain = 'year' AND dimension = 'tier' "
            "AND period_start = '2024-01-01'",
            NOTE.format("nps.by_segment"),
        ],
    ),
    (
        "nps_by_segment_sum",
        [f"UPDATE nps.by_segment SET promoters = promoters + 1, passives = passives - 1 WHERE {ONE_SEGMENT}"],
    ),
    ("nps_by_segment_sum", [f"UPDATE nps.by_segment SET responses = responses + 1 WHERE {ONE_SEGMENT}"]),
    ("nps_by_segment_sum", ["DELETE FROM nps.by_segment WHERE grain = 'year'", NOTE.format("nps.by_segment")]),
    ("nps_by_segment_unique", ["UPDATE nps.by_segment SET segment = 'DE' WHERE dimension = 'country'"]),
    ("ops_files_private", [f"UPDATE ops.files SET path = 'export of {MAIL}.csv'"]),
    ("ops_files_rejected", ["UPDATE ops.files SET rejected = 21, accepted = 79"]),
    ("ops_files_unread", ["UPDATE ops.files SET status = 'failed', reason = 'not a CSV file'"]),
    (
        "ops_rejected_masked",
        ["INSERT INTO ops.rejected (file_id, kind, reason, value) VALUES ('f1', 'o', 'r', 'Anna')"],
    ),
    (
        "ops_rejected_masked",
        ["INSERT INTO ops.rejected (file_id, kind, reason, value) VALUES ('f1', 'o', 'r', '0171234567')"],
    ),
    (
        "ops_rejected_masked",
        ["""INSERT INTO ops.rejected (file_id, kind, reason, record) VALUES ('f1', 'o', 'r', '{"name": "xé"}')"""],
    ),
    ("value_at_risk_computed", ["UPDATE ops.computed SET rows = 0 WHERE table_name = 'value.at_risk'"]),
    ("value_at_risk_sum", ["UPDATE value.at_risk SET customers = customers + 1 WHERE month = '2023-12-01'"]),
    ("value_at_risk_sum", ["UPDATE value.at_risk SET churn_probability = 1.1 WHERE category = 'promoter'"]),
    ("value_at_risk_sum", ["UPDATE value.at_risk SET revenue_at_risk_90d = revenue_at_risk_180d + 1"]),
    ("value_at_risk_sum", ["UPDATE value.at_risk SET expected_revenue_90d = 'nan'"]),
    ("value_at_risk_unique", ["INSERT INTO value.at_risk FROM value.at_risk LIMIT 1", NOTE.format("value.at_risk")]),
    ("value_by_category_computed", ["UPDATE ops.computed SET rows = 0 WHERE table_name = 'value.by_category'"]),
    ("value_by_category_unique", ["UPDATE value.by_category SET share_of_customers = share_of_customers + 0.01"]),
    (
        "value_by_category_unique",
        [
            "UPDATE value.by_category SET category = 'promoter' WHERE month = '2023-12-01'",
            "DELETE FROM value.promoter_value WHERE month = '2023-12-01'",
            "DELETE FROM value.at_risk WHERE month = '2023-12-01'",
        ],
    ),
    ("value_customers_computed", ["UPDATE ops.computed SET rows = 0 WHERE table_name = 'value.customers'"]),
    ("value_customers_days", ["UPDATE value.customers SET recency_days = -1 WHERE customer_id = 'c01'"]),
    ("value_customers_days", ["UPDATE value.customers SET tenure_days = recency_days - 1 WHERE customer_id = 'c01'"]),
    ("value_customers_predicted", ["UPDATE value.customers SET probability_alive = 1.1 WHERE customer_id = 'c01'"]),
    ("value_customers_predicted", ["UPDATE value.customers SET expected_orders = -1 WHERE customer_id = 'c01'"]),
    (
        "value_customers_predicted",
        ["UPDATE value.customers SET expected_order_value = 'nan' WHERE customer_id = 'c01'"],
    ),
    ("value_customers_predicted", ["UPDATE value.customers SET lifetime_value = predicted_value"]),
    (
        "value_customers_sum",
        [
            "UPDATE value.customers SET historic_value = historic_value + 100, lifetime_value = lifetime_value + 100 "
            "WHERE customer_id = 'c01'"
        ],
    ),
    (
        "value_customers_sum",
        [
            "UPDATE value.customers SET predicted_value = predicted_value + 100, lifetime_value = lifetime_value + 100 "
            "WHERE customer_id = 'c01'"
        ],
    ),
    (
        "value_customers_sum",
        ["UPDATE value.customers SET category = 'detractor' WHERE customer_id = 'c01' AND category <> 'detractor'"],
    ),
    ("value_customers_unique", ["UPDATE value.customers SET customer_id = 'c02' WHERE customer_id = 'c01'"]),
    ("value_model_backtest_computed", ["UPDATE ops.computed SET rows = 0 WHERE table_name = 'value.model_backtest'"]),
    (
        "value_model_backtest_sum",
        ["UPDATE value.model_backtest SET actual_orders = actual_orders + 1 WHERE decile = 0"],
    ),
    (
        "value_model_backtest_sum",
        ["DELETE FROM value.model_backtest WHERE decile = 0", NOTE.format("value.model_backtest")],
    ),
    ("value_model_backtest_sum", ["UPDATE value.model_backtest SET expected_value = 10 WHERE decile = 0"]),
    ("value_models_computed", ["UPDATE ops.computed SET rows = 0 WHERE table_name = 'value.models'"]),
    ("value_models_correlation", ["UPDATE value.models SET correlation = -0.31 WHERE model = 'gamma_gamma'"]),
    ("value_models_flagged", ["UPDATE value.models SET reason = NULL WHERE month = '2023-12-01'"]),
    ("value_models_flagged", ["UPDATE value.models SET fallback = false, reason = NULL, log_likelihood = -1"]),
    ("value_models_flagged", ["UPDATE value.models SET value = 'inf' WHERE parameter = 'alpha'"]),
    (
        "value_models_unique",
        ["DELETE FROM value.models WHERE parameter = 'alpha' AND month = '2023-12-01'", NOTE.format("value.models")],
    ),
    ("value_models_unique", ["UPDATE value.models SET parameter = 'a' WHERE parameter = 'b'"]),
    ("value_promoter_value_computed", ["UPDATE ops.computed SET rows = 0 WHERE table_name = 'value.promoter_value'"]),
    ("value_promoter_value_sum", ["UPDATE value.promoter_value SET total_value = total_value + 0.03"]),
    (
        "value_promoter_value_sum",
        ["UPDATE value.promoter_value SET customers = customers + 1 WHERE month = '2023-12-01'"],
    ),
    (
        "value_promoter_value_unique",
        ["INSERT INTO value.promoter_value FROM value.promoter_value LIMIT 1", NOTE.format("value.promoter_value")],
    ),
    (
        "value_retention_computed",
        ["INSERT INTO value.retention VALUES ('2024-02-01', 0, 4, 2, 0.5, 1, 10, 10, 0)"],
    ),
    (
        "value_retention_rate",
        [
            "INSERT INTO value.retention VALUES ('2024-02-01', 5, 4, 2, 0.5, 1, 10, 10, 0)",
            NOTE.format("value.retention"),
        ],
    ),
]


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    with warehouse(tmp_path_factory.mktemp("checks")) as (connection, settings):
        fill(connection)
        compute_all(connection, settings)
        yield connection, settings


@pytest.fixture
def planted(good):
    """The good warehouse; what a test plants in it is undone."""
    connection, settings = good
    connection.execute("BEGIN TRANSACTION")
    try:
        yield connection, settings
    finally:
        connection.execute("ROLLBACK")


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
        checks.checks(tmp_path)


def test_comments_below_the_header_are_no_promise(tmp_path):
    (tmp_path / "a.sql").write_text("-- table: t.a\n-- blocking: no\n-- Says\n-- this.\nSELECT 1 -- one\n-- aside\n")
    [check] = checks.checks(tmp_path)
    assert (check.table, check.is_blocking, check.promise) == ("t.a", False, "Says this.")
    with duckdb.connect() as connection:
        assert connection.sql(f"SELECT * FROM ({check.statement}\n)").fetchall() == [(1,)]
