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
ONE_TOPIC = (
    "grain = 'trailing_365d' AND stage = 'all' AND language = 'all' AND topic = 'price' AND month = '2024-02-01'"
)
TWENTYFOLD = (
    "UPDATE nps.by_period SET responses = 20 * responses, promoters = 20 * promoters, passives = 20 * passives, "
    "detractors = 20 * detractors WHERE grain = 'week'"
)

# Tables that the small warehouse is too young, or not set, to have rows in.
AFTER_ANSWER = """
INSERT INTO value.after_answer
SELECT DATE '2024-03-01', 'promoter', score, customers, 10, 5, 15, 1, 0, 0
FROM (VALUES (NULL, 2), (9, 2)) AS t(score, customers)
"""
WORD_OF_MOUTH = """
INSERT INTO value.word_of_mouth VALUES (DATE '2024-03-01', 'promoter', 5, 100, 4, 0.1, 10, 50, 0.5, 100, 0, 200, 0)
"""

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
    (
        "core_invitations_answered",
        ["UPDATE core.invitations SET response_id = 'r0' WHERE invitation_id = 'r3-1'"],
    ),
    (
        "core_invitations_answered",
        [
            "UPDATE core.invitations SET response_id = NULL WHERE response_id = 'r19'",
            "UPDATE core.responses SET invited_at = responded_at WHERE response_id = 'r19'",
        ],
    ),
    ("core_invitations_conserved", ["DELETE FROM core.invitations WHERE invitation_id = 'r1-1'"]),
    ("core_invitations_conserved", ["UPDATE core.invitations SET is_declared = false WHERE invitation_id = 'r1-1'"]),
    ("core_invitations_day", ["UPDATE core.invitations SET invited_date = invited_date + 1"]),
    ("core_invitations_private", [f"UPDATE core.invitations SET survey = '{MAIL}' WHERE invitation_id = 'r1-1'"]),
    ("core_invitations_references", ["UPDATE core.invitations SET customer_id = 'no' WHERE invitation_id = 'r1-1'"]),
    ("core_invitations_references", ["UPDATE core.invitations SET response_id = 'no' WHERE invitation_id = 'r1-1'"]),
    (
        "core_invitations_unique",
        ["UPDATE core.invitations SET invitation_id = 'r2-1' WHERE invitation_id = 'r1-1'"],
    ),
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
    ("core_order_segments_private", [f"UPDATE core.order_segments SET brand = '{MAIL}' WHERE order_id = 'o1'"]),
    ("core_order_segments_reference", ["DELETE FROM core.order_segments WHERE order_id = 'o1'"]),
    (
        "core_order_segments_reference",
        ["INSERT INTO core.order_segments SELECT * REPLACE ('no' AS order_id) FROM core.order_segments LIMIT 1"],
    ),
    ("core_order_segments_unique", ["INSERT INTO core.order_segments FROM core.order_segments LIMIT 1"]),
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
            "DELETE FROM core.order_segments WHERE order_id = 'o2'",
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
    ("core_response_topics_unique", ["INSERT INTO core.response_topics VALUES ('r0', 'price')"]),
    ("core_response_topics_unique", ["INSERT INTO core.response_topics VALUES ('r0', 'none')"]),
    ("core_response_topics_whole", ["INSERT INTO core.response_topics VALUES ('nobody', 'price')"]),
    ("core_response_topics_whole", ["DELETE FROM core.response_topics WHERE response_id = 'r0'"]),
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
    ("core_responses_private", [f"UPDATE core.responses SET comment = 'I am {MAIL}' WHERE response_id = 'r6'"]),
    ("core_responses_private", ["UPDATE core.responses SET comment = 'josé@exämple' WHERE response_id = 'r6'"]),
    ("core_responses_private", [f"UPDATE core.responses SET survey = '{MAIL}' WHERE response_id = 'r1'"]),
    ("core_responses_references", ["UPDATE core.responses SET order_id = 'nobody' WHERE response_id = 'r1'"]),
    ("core_responses_references", ["UPDATE core.responses SET customer_id = 'nobody' WHERE response_id = 'r9'"]),
    (
        "core_responses_unique",
        [
            "UPDATE core.responses SET response_id = 'r19' WHERE response_id = 'r9'",
            "UPDATE core.invitations SET response_id = NULL WHERE response_id = 'r9'",
            "DELETE FROM core.response_segments WHERE response_id = 'r9'",
        ],
    ),
    ("core_spend_tiers_unique", ["INSERT INTO core.spend_tiers FROM core.spend_tiers LIMIT 1"]),
    ("nps_alarm_computed", ["UPDATE ops.computed SET rows = 0 WHERE table_name = 'nps.alarm'"]),
    ("nps_alarm_days", ["UPDATE nps.alarm SET e_value = 25 WHERE day = '2024-01-05'"]),
    ("nps_alarm_days", ["UPDATE nps.alarm SET since = day WHERE day = '2024-01-05'"]),
    ("nps_alarm_days", ["UPDATE nps.alarm SET day = day + 1 WHERE day = '2024-01-05'"]),
    ("nps_alarm_raised", ["UPDATE nps.alarm SET e_value = 25, is_alarm = true, since = day WHERE day = '2024-03-15'"]),
    ("nps_by_period_answers_fell", [f"{TWENTYFOLD} AND period_start < '2024-03-04'"]),
    (
        "nps_by_period_answers_fell",
        [
            TWENTYFOLD,
            "DELETE FROM nps.by_period WHERE grain = 'week' AND period_start = '2024-03-04'",
            NOTE.format("nps.by_period"),
        ],
    ),
    (
        "nps_by_period_response_rate_fell",
        [
            "UPDATE core.invitations SET invited_at = TIMESTAMPTZ '2024-02-22 12:00:00+00', "
            "invited_date = DATE '2024-02-22' WHERE response_id IS NULL AND invitation_id LIKE '%-5'",
        ],
    ),
    ("nps_by_period_computed", ["UPDATE ops.computed SET rows = rows + 1 WHERE table_name = 'nps.by_period'"]),
    (
        "nps_by_period_computed",
        ["DELETE FROM ops.computed WHERE table_name = 'nps.by_period' AND month < '2024-01-01'"],
    ),
    (
        "nps_by_period_computed",
        ["INSERT INTO ops.computed FROM ops.computed WHERE table_name = 'nps.by_period' LIMIT 1"],
    ),
    (
        "nps_by_period_conserved",
        [
            statement.format(table)
            for table in ("nps.by_period", "nps.by_segment", "nps.change_parts")
            for statement in ("DELETE FROM {0} WHERE grain = 'month' AND month = '2024-01-01'", NOTE)
        ],
    ),
    (
        "nps_by_period_conserved",
        ["UPDATE ops.computed SET as_of = '2024-04-01 04:00:00+00' WHERE table_name = 'nps.by_period'"],
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
    (
        "nps_by_period_auto",
        ["DELETE FROM nps.by_period WHERE grain = 'auto' AND month = '2024-01-01'", NOTE.format("nps.by_period")],
    ),
    ("nps_by_period_month", ["UPDATE nps.by_period SET period_start = period_start - 1 WHERE grain = 'auto'"]),
    ("nps_change_parts_computed", ["UPDATE ops.computed SET rows = 0 WHERE table_name = 'nps.change_parts'"]),
    ("nps_change_parts_sum", ["UPDATE nps.change_parts SET mix_effect = mix_effect + 1e-6 WHERE segment = 'DE'"]),
    (
        "nps_change_parts_sum",
        ["DELETE FROM nps.change_parts WHERE grain = 'month'", NOTE.format("nps.change_parts")],
    ),
    (
        "nps_change_parts_unique",
        [
            "INSERT INTO nps.change_parts SELECT * REPLACE (0 AS mix_effect, 0 AS score_effect) FROM nps.change_parts",
            NOTE.format("nps.change_parts"),
        ],
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
    (
        "nps_by_segment_newly_below",
        [
            "UPDATE nps.by_segment SET is_reliable = true, differs_from_rest = true, difference = -30, "
            "difference_low = -40, difference_high = -20, adjusted_p_value = 0.001 WHERE grain = 'month' AND "
            "stage = 'all' AND dimension = 'country' AND segment = 'DE' AND period_start = '2024-02-01'"
        ],
    ),
    ("nps_drivers_computed", ["UPDATE ops.computed SET rows = 0 WHERE table_name = 'nps.drivers'"]),
    ("nps_drivers_impact", [f"UPDATE nps.drivers SET detractor_mentions = detractor_mentions + 1 WHERE {ONE_TOPIC}"]),
    ("nps_drivers_impact", [f"UPDATE nps.drivers SET impact = impact + 0.1 WHERE {ONE_TOPIC}"]),
    ("nps_drivers_impact", [f"UPDATE nps.drivers SET impact_low = impact + 0.1 WHERE {ONE_TOPIC}"]),
    ("nps_drivers_impact", [f"UPDATE nps.drivers SET share = 0.01 WHERE {ONE_TOPIC}"]),
    ("nps_drivers_month", ["UPDATE nps.drivers SET period_end = period_end - 1 WHERE grain = 'trailing_365d'"]),
    ("nps_drivers_month", ["UPDATE nps.drivers SET is_complete = true WHERE grain = 'quarter' AND NOT is_complete"]),
    ("nps_drivers_private", [f"UPDATE nps.drivers SET example = 'I am {MAIL}' WHERE {ONE_TOPIC}"]),
    ("nps_drivers_private", [f"UPDATE nps.drivers SET detractor_example = 'forgotten' WHERE {ONE_TOPIC}"]),
    (
        "nps_drivers_stages",
        [f"DELETE FROM nps.drivers WHERE {ONE_TOPIC}", NOTE.format("nps.drivers")],
    ),
    (
        "nps_drivers_unique",
        [
            "INSERT INTO nps.drivers FROM nps.drivers WHERE grain = 'quarter'",
            NOTE.format("nps.drivers"),
        ],
    ),
    (
        "nps_drivers_unmatched",
        [
            "UPDATE nps.drivers SET mentions = 40, promoter_mentions = 20, passive_mentions = 10, "
            "detractor_mentions = 10, responses = 50, promoters = 26, passives = 12, detractors = 12, share = 0.8, "
            "nps_with = 25, nps_without = 40, impact = -12, impact_low = -13, impact_high = -11 "
            "WHERE topic = 'none' AND month = '2024-03-01'"
        ],
    ),
    ("nps_expected_answers_computed", ["UPDATE ops.computed SET rows = 0 WHERE table_name = 'nps.expected_answers'"]),
    (
        "nps_expected_answers_share",
        ["UPDATE nps.expected_answers SET answers = 9, expected_share = 0.9, answers_to_come = 2 WHERE grain = 'year'"],
    ),
    (
        "nps_expected_answers_share",
        [
            "UPDATE nps.expected_answers SET answers = 9, expected_share = 1.5, answers_to_come = -3 "
            "WHERE grain = 'year'"
        ],
    ),
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
    (
        "ops_superseded_reference",
        ["INSERT INTO ops.superseded SELECT response_id, response_id, 'double_click' FROM core.responses LIMIT 1"],
    ),
    (
        "ops_superseded_reference",
        ["INSERT INTO ops.superseded SELECT response_id, 'nobody', 'double_click' FROM core.responses LIMIT 1"],
    ),
    ("nps_by_period_weights", [f"UPDATE nps.by_period SET weight_reason = NULL WHERE {FIRST_WEEK}"]),
    ("nps_by_period_weights", [f"UPDATE nps.by_period SET weight_reason = 'mood' WHERE {FIRST_WEEK}"]),
    (
        "nps_by_period_weights",
        [
            "UPDATE nps.by_period SET weight_reason = NULL, weighted_nps = 0, weighted_low = 1, weighted_high = 0 "
            f"WHERE {FIRST_WEEK}"
        ],
    ),
    ("nps_benchmarks_range", ["INSERT INTO nps.benchmarks VALUES ('a', 'b', 2020, 10, 20, 30, 'c', true)"]),
    ("nps_coverage_computed", ["UPDATE ops.computed SET rows = rows + 1 WHERE table_name = 'nps.coverage'"]),
    ("nps_coverage_funnel", ["UPDATE nps.coverage SET response_rate = 1.5 WHERE dimension = 'all'"]),
    (
        "nps_coverage_funnel",
        [
            "UPDATE nps.coverage SET responded = buyers + 1 WHERE dimension IN ('all', 'product_category', 'brand', "
            "'channel', 'purchase_count_band', 'lifecycle', 'cohort_year', 'gender', 'age_band')",
            "DELETE FROM nps.coverage WHERE dimension IN ('country', 'account_type', 'order_value_band', 'tier')",
            NOTE.format("nps.coverage"),
        ],
    ),
    ("nps_coverage_interval", ["UPDATE nps.coverage SET nps_if_silent_best = nps - 1"]),
    ("nps_coverage_interval", ["UPDATE nps.coverage SET representation_low = representation_high + 1"]),
    ("nps_coverage_month", ["UPDATE nps.coverage SET period_end = period_end - 1 WHERE grain = 'trailing_365d'"]),
    (
        "nps_coverage_sum",
        [
            "UPDATE nps.coverage SET invited = invited - 1 WHERE segment = 'Lamps' AND invited > 8 "
            "AND delivered < invited"
        ],
    ),
    ("nps_coverage_sum", ["DELETE FROM nps.coverage WHERE segment = 'DE'", NOTE.format("nps.coverage")]),
    (
        "nps_coverage_unique",
        [
            "INSERT INTO nps.coverage SELECT * REPLACE (0 AS orders, 0 AS orders_without_customer, 0 AS buyers, "
            "0 AS invited, 0 AS delivered, 0 AS responded) FROM nps.coverage LIMIT 1",
            NOTE.format("nps.coverage"),
        ],
    ),
    ("nps_delivery_gap_computed", ["UPDATE ops.computed SET rows = rows + 1 WHERE table_name = 'nps.delivery_gap'"]),
    ("nps_delivery_gap_interval", ["UPDATE nps.delivery_gap SET post_nps = 101 WHERE segment = 'DE'"]),
    ("nps_delivery_gap_interval", ["UPDATE nps.delivery_gap SET gap_low = 2, gap_high = 1 WHERE segment = 'DE'"]),
    (
        "nps_delivery_gap_month",
        ["UPDATE nps.delivery_gap SET period_end = period_end + 1 WHERE grain = 'trailing_365d'"],
    ),
    (
        "nps_delivery_gap_stages",
        [
            "UPDATE nps.delivery_gap SET pre_responses = pre_responses + 1 WHERE grain = 'quarter'",
            "DELETE FROM nps.delivery_gap WHERE dimension <> 'all'",
            NOTE.format("nps.delivery_gap"),
        ],
    ),
    ("nps_delivery_gap_sum", ["UPDATE nps.delivery_gap SET post_responses = post_responses + 1 WHERE segment = 'DE'"]),
    (
        "nps_delivery_gap_unique",
        [
            "INSERT INTO nps.delivery_gap SELECT * REPLACE (0 AS pre_responses, 0 AS post_responses, "
            "0 AS paired_responses, 0 AS late_responses, 0 AS on_time_responses) FROM nps.delivery_gap "
            "WHERE segment = 'DE' LIMIT 1",
            NOTE.format("nps.delivery_gap"),
        ],
    ),
    (
        "nps_migration_change_computed",
        ["UPDATE ops.computed SET rows = rows + 1 WHERE table_name = 'nps.migration_change'"],
    ),
    ("nps_migration_change_interval", ["UPDATE nps.migration_change SET p_value = 1.5"]),
    ("nps_migration_change_interval", ["UPDATE nps.migration_change SET nps_before = nps_before + 1"]),
    ("nps_migration_change_sum", ["UPDATE nps.migration_change SET customers = customers + 1"]),
    (
        "nps_migration_change_sum",
        [
            "UPDATE nps.migration_change SET nps_before = nps_before + 1, nps_after = nps_after + 1",
        ],
    ),
    (
        "nps_migration_change_sum",
        [
            "INSERT INTO nps.migration_change FROM nps.migration_change LIMIT 1",
            NOTE.format("nps.migration_change"),
        ],
    ),
    ("nps_migration_computed", ["UPDATE ops.computed SET rows = rows + 1 WHERE table_name = 'nps.migration'"]),
    ("nps_migration_interval", ["UPDATE nps.migration SET share_low = share + 0.1"]),
    ("nps_migration_month", ["UPDATE nps.migration SET period_end = period_end - 1"]),
    (
        "nps_migration_whole",
        ["UPDATE nps.migration SET share = 0, share_low = 0, share_high = 1 WHERE from_category = 'passive'"],
    ),
    ("value_at_risk_computed", ["UPDATE ops.computed SET rows = 0 WHERE table_name = 'value.at_risk'"]),
    ("value_at_risk_sum", ["UPDATE value.at_risk SET customers = customers + 1 WHERE month = '2023-12-01'"]),
    ("value_at_risk_sum", ["UPDATE value.at_risk SET churn_probability = 1.1 WHERE category = 'promoter'"]),
    ("value_at_risk_sum", ["UPDATE value.at_risk SET revenue_at_risk_90d = revenue_at_risk_180d + 1"]),
    ("value_at_risk_sum", ["UPDATE value.at_risk SET expected_revenue_90d = 'nan'"]),
    ("value_at_risk_calibrated", ["UPDATE value.at_risk SET calibrated_revenue_90d = expected_revenue_90d + 1"]),
    ("value_at_risk_unique", ["INSERT INTO value.at_risk FROM value.at_risk LIMIT 1", NOTE.format("value.at_risk")]),
    ("value_after_answer_computed", [AFTER_ANSWER]),
    (
        "value_after_answer_sum",
        [
            AFTER_ANSWER,
            NOTE.format("value.after_answer"),
            "UPDATE value.after_answer SET customers = 3 WHERE score = 9",
        ],
    ),
    (
        "value_after_answer_sum",
        [AFTER_ANSWER, NOTE.format("value.after_answer"), "UPDATE value.after_answer SET revenue_low = 99"],
    ),
    (
        "value_after_answer_unique",
        [
            AFTER_ANSWER.replace("9, 2", "9, 1"),
            "INSERT INTO value.after_answer FROM value.after_answer WHERE score = 9",
            NOTE.format("value.after_answer"),
        ],
    ),
    (
        "value_biggest_customers_computed",
        ["UPDATE ops.computed SET rows = 0 WHERE table_name = 'value.biggest_customers'"],
    ),
    (
        "value_biggest_customers_counts",
        ["UPDATE value.biggest_customers SET promoters = promoters + 1 WHERE tier = 'top_100'"],
    ),
    ("value_biggest_customers_counts", ["UPDATE value.biggest_customers SET customers = 1000 WHERE tier = 'top_100'"]),
    (
        "value_biggest_customers_unique",
        [
            "INSERT INTO value.biggest_customers FROM value.biggest_customers WHERE tier = 'top_100' LIMIT 1",
            NOTE.format("value.biggest_customers"),
        ],
    ),
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
    ("value_growth_computed", ["UPDATE ops.computed SET rows = 0 WHERE table_name = 'value.growth'"]),
    ("value_growth_pairs", ["UPDATE value.growth SET revenue_growth_next = 0.1, nps = 1"]),
    (
        "value_growth_pairs",
        ["UPDATE value.growth SET elasticity_per_7_points = 1, elasticity_low = 2, elasticity_high = 3"],
    ),
    ("value_growth_unique", ["INSERT INTO value.growth FROM value.growth LIMIT 1", NOTE.format("value.growth")]),
    ("value_promoter_value_computed", ["UPDATE ops.computed SET rows = 0 WHERE table_name = 'value.promoter_value'"]),
    ("value_promoter_value_sum", ["UPDATE value.promoter_value SET total_value = total_value + 0.03"]),
    (
        "value_promoter_value_sum",
        ["UPDATE value.promoter_value SET first_referral_revenue = first_referral_revenue + 0.03"],
    ),
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
    ("value_repurchase_computed", ["UPDATE ops.computed SET rows = 0 WHERE table_name = 'value.repurchase'"]),
    ("value_repurchase_sum", ["UPDATE value.repurchase SET responses = responses + 1 WHERE score IS NULL"]),
    (
        "value_repurchase_sum",
        ["UPDATE value.repurchase SET rate_low = 0, rate_high = 1, repurchase_rate = 30 / horizon_days"],
    ),
    ("value_repurchase_sum", ["UPDATE value.repurchase SET rate_low = 0.2, rate_high = 1, repurchase_rate = 0.1"]),
    (
        "value_repurchase_unique",
        [
            "INSERT INTO value.repurchase FROM value.repurchase WHERE score IS NULL LIMIT 1",
            "UPDATE value.repurchase SET responses = 0",
            NOTE.format("value.repurchase"),
        ],
    ),
    ("value_revenue_computed", ["UPDATE ops.computed SET rows = 0 WHERE table_name = 'value.revenue'"]),
    ("value_revenue_parts", ["UPDATE value.revenue SET revenue = revenue + 0.01 WHERE month = '2023-12-01'"]),
    ("value_revenue_parts", ["UPDATE value.revenue SET revenue_weighted_nps = 101"]),
    ("value_revenue_unique", ["INSERT INTO value.revenue FROM value.revenue LIMIT 1", NOTE.format("value.revenue")]),
    ("value_word_of_mouth_computed", [WORD_OF_MOUTH]),
    (
        "value_word_of_mouth_sum",
        [WORD_OF_MOUTH, NOTE.format("value.word_of_mouth"), "UPDATE value.word_of_mouth SET total_value = 1"],
    ),
    ("value_word_of_mouth_unique", [WORD_OF_MOUTH, WORD_OF_MOUTH, NOTE.format("value.word_of_mouth")]),
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
        "nps_alarm_raised",
        "nps_by_period_answers_fell",
        "nps_by_period_response_rate_fell",
        "nps_by_segment_newly_below",
        "nps_drivers_unmatched",
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
