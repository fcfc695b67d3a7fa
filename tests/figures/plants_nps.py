"""What breaks each check of schema nps, and no other check.

Here: the statements, by check. Not here: the tests that run them (test_checks.py).
"""

from __future__ import annotations

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
    "detractors = 20 * detractors, every_responses = 20 * every_responses WHERE grain = 'week'"
)

# Check, and the statements that break its promise and no other's.
PLANTS = [
    ("nps_alarm_computed", ["UPDATE ops.computed SET rows = 0 WHERE table_name = 'nps.alarm'"]),
    ("nps_alarm_days", ["UPDATE nps.alarm SET e_value = 25 WHERE day = '2024-01-05'"]),
    ("nps_alarm_days", ["UPDATE nps.alarm SET since = day WHERE day = '2024-01-05'"]),
    (
        "nps_alarm_days",
        ["UPDATE nps.alarm SET month = '2024-02-01' WHERE day = '2024-01-05'", NOTE.format("nps.alarm")],
    ),
    (
        "nps_alarm_unique",
        ["INSERT INTO nps.alarm FROM nps.alarm WHERE day = '2024-01-05'", NOTE.format("nps.alarm")],
    ),
    ("nps_alarm_unique", ["UPDATE nps.alarm SET day = day + 1 WHERE day = '2024-01-05'"]),
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
            "UPDATE nps.by_period SET promoters = promoters + 1, responses = responses + 1, "
            "every_responses = responses + 1 "
            f"WHERE {FIRST_WEEK} AND stage = 'all'"
        ],
    ),
    (
        "nps_by_period_every",
        [
            "UPDATE nps.by_period SET every_responses = every_responses + 1 "
            "WHERE grain = 'month' AND month = '2023-12-01'"
        ],
    ),
    (
        "nps_by_period_every",
        ["UPDATE nps.by_period SET every_nps = every_nps - 1 WHERE grain = 'year' AND is_complete"],
    ),
    ("nps_by_period_every", [f"UPDATE nps.by_period SET every_responses = 0 WHERE {FIRST_WEEK}"]),
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
    ("nps_by_segment_every", [f"UPDATE nps.by_segment SET every_responses = every_responses + 1 WHERE {ONE_SEGMENT}"]),
    ("nps_by_segment_every", [f"UPDATE nps.by_segment SET every_nps = 101 WHERE {ONE_SEGMENT}"]),
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
    ("nps_by_segment_sum", [f"UPDATE nps.by_segment SET responses = responses - 1 WHERE {ONE_SEGMENT}"]),
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
    ("nps_by_period_weights", [f"UPDATE nps.by_period SET weight_reason = NULL WHERE {FIRST_WEEK}"]),
    ("nps_by_period_weights", [f"UPDATE nps.by_period SET weight_reason = 'mood' WHERE {FIRST_WEEK}"]),
    ("nps_by_period_weights", [f"UPDATE nps.by_period SET linked_responses = 12 WHERE {FIRST_WEEK}"]),
    (
        "nps_by_period_weights",
        [
            "UPDATE nps.by_period SET weight_reason = NULL, weighted_nps = 0, weighted_low = 1, weighted_high = 0 "
            f"WHERE {FIRST_WEEK}"
        ],
    ),
    ("nps_everybody_computed", ["UPDATE ops.computed SET rows = 0 WHERE table_name = 'nps.everybody'"]),
    (
        "nps_everybody_answered",
        ["UPDATE nps.everybody SET answered = answered - 1 WHERE method = 'as_answered' AND answered > 1"],
    ),
    ("nps_everybody_interval", ["UPDATE nps.everybody SET reason = NULL WHERE method = 'behaviour'"]),
    ("nps_everybody_interval", ["UPDATE nps.everybody SET width = 300 WHERE method = 'as_answered'"]),
    ("nps_everybody_month", ["UPDATE nps.everybody SET period_end = period_end - 1 WHERE grain = 'trailing_365d'"]),
    (
        "nps_everybody_range",
        ["UPDATE nps.everybody SET buyers = buyers + 1 WHERE method = 'alike'"],
    ),
    (
        "nps_everybody_range",
        ["UPDATE nps.everybody SET nps_low = -90, nps_high = 90, width = 180 WHERE method = 'range'"],
    ),
    (
        "nps_everybody_unique",
        [
            "INSERT INTO nps.everybody SELECT * REPLACE ('late_answers' AS method) FROM nps.everybody "
            "WHERE method = 'behaviour'",
            "DELETE FROM nps.everybody WHERE method = 'behaviour'",
            NOTE.format("nps.everybody"),
        ],
    ),
    ("nps_benchmarks_range", ["INSERT INTO nps.benchmarks VALUES ('a', 'b', 2020, 10, 20, 30, 'c', true)"]),
    ("nps_coverage_computed", ["UPDATE ops.computed SET rows = rows + 1 WHERE table_name = 'nps.coverage'"]),
    ("nps_coverage_funnel", ["UPDATE nps.coverage SET response_rate = 1.5 WHERE dimension = 'all'"]),
    (
        "nps_coverage_funnel",
        [
            "UPDATE nps.coverage SET responded = buyers + 1 WHERE dimension IN ('all', 'product_category', 'brand', "
            "'channel', 'purchase_count_band', 'lifecycle', 'cohort_year', 'discounted', 'gender', 'age_band')",
            "DELETE FROM nps.coverage WHERE dimension IN ('country', 'account_type', 'order_value_band', 'tier')",
            NOTE.format("nps.coverage"),
            # Compared with it.
            "DELETE FROM nps.everybody",
            NOTE.format("nps.everybody"),
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
    (
        "nps_delivery_gap_interval",
        ["UPDATE nps.delivery_gap SET gap = 1, gap_low = 2, gap_high = 1 WHERE segment = 'DE'"],
    ),
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
        "nps_migration_change_unique",
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
    (
        "nps_migration_unique",
        [
            "INSERT INTO nps.migration SELECT * REPLACE (0 AS customers, 0 AS share, 0 AS share_low) "
            "FROM nps.migration WHERE from_category = 'passive' LIMIT 1",
            NOTE.format("nps.migration"),
        ],
    ),
    (
        "nps_expected_answers_unique",
        ["INSERT INTO nps.expected_answers FROM nps.expected_answers LIMIT 1", NOTE.format("nps.expected_answers")],
    ),
]
