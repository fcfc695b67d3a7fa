"""What breaks each check of schema loop, and no other check.

Here: the statements, by check. Not here: the tests that run them (test_checks.py).
"""

from __future__ import annotations

NOTE = (
    "UPDATE ops.computed SET rows = (SELECT count(*) FROM {0} AS t WHERE t.month = computed.month) "
    "WHERE table_name = '{0}'"
)
# The sizes follow changes that were changed by hand.
MOVED_COUNTS = """
UPDATE loop.audience_sizes AS s SET
    entered = (SELECT count(*) FROM loop.audience_changes AS c
        WHERE c.month = s.month AND c.audience = s.audience AND c.change = 'entered'),
    departed = (SELECT count(*) FROM loop.audience_changes AS c
        WHERE c.month = s.month AND c.audience = s.audience AND c.change = 'left')"""
# A list of one segment, as nps.by_segment has it.
LISTED = [
    """
INSERT INTO loop.actions BY NAME
SELECT month, 1 AS rank, dimension, segment, responses, gain AS score_effect, gain - 1 AS score_effect_low,
    gain + 1 AS score_effect_high, 'none' AS value_reason, false AS is_certain, 'SELECT 1' AS question
FROM (
    SELECT *, -difference * responses / (responses + rest_responses) AS gain FROM nps.by_segment
    WHERE grain = 'trailing_365d' AND stage = 'all' AND month = '2023-12-01' AND dimension = 'country'
        AND difference < 0
    ORDER BY segment LIMIT 1
)""",
    NOTE.format("loop.actions"),
]
OUTCOME = [
    *LISTED,
    """
INSERT INTO loop.action_outcomes
SELECT DATE '2024-03-01', month, rank, dimension, segment, 'nps', 10, 10, 5, 7, 2, -3, 7, true FROM loop.actions""",
    NOTE.format("loop.action_outcomes"),
]

HELD_OUT = [
    """
INSERT INTO loop.recovery
SELECT DATE '2024-03-01', period_start, period_end, 'promoter', 'held_out', 'all', 5, 0, 2, NULL, NULL, NULL, NULL,
    0, NULL, NULL, NULL, NULL, NULL, 0, NULL, false
FROM loop.recovery WHERE month = '2024-03-01' LIMIT 1""",
    NOTE.format("loop.recovery"),
]
UPLIFT = [
    """
INSERT INTO loop.uplift
SELECT DATE '2024-03-01', ranking, tenth, 900, 210, tenth / 100, 0.01, NULL
FROM range(1, 11) AS t(tenth), (VALUES ('uplift'), ('value_at_risk')) AS r(ranking)""",
    NOTE.format("loop.uplift"),
]
ANSWER_UPLIFT = [
    "INSERT INTO loop.answer_uplift VALUES (DATE '2024-03-01', 'r1', 0.1)",
    NOTE.format("loop.answer_uplift"),
]

# Check, and the statements that break its promise and no other's.
PLANTS = [
    ("loop_actions_computed", LISTED[:1]),
    ("loop_actions_list", [*LISTED, "UPDATE loop.actions SET rank = 2"]),
    ("loop_actions_list", [*LISTED, "UPDATE loop.actions SET score_effect_low = score_effect_high"]),
    ("loop_actions_list", [*LISTED, "UPDATE loop.actions SET value_reason = NULL"]),
    (
        "loop_actions_list",
        [
            *LISTED,
            "UPDATE loop.actions SET value_effect = 5, value_effect_low = 6, value_effect_high = 7, "
            "value_reason = NULL",
        ],
    ),
    ("loop_actions_private", [*LISTED, "UPDATE loop.actions SET example = 'I am ann@example.org'"]),
    ("loop_actions_segments", [*LISTED, "UPDATE loop.actions SET responses = responses + 1"]),
    ("loop_actions_segments", [*LISTED, "UPDATE loop.actions SET segment = 'nowhere'"]),
    ("loop_actions_topics", [*LISTED, "UPDATE loop.actions SET dimension = 'topic'"]),
    ("loop_actions_unique", [*LISTED, "INSERT INTO loop.actions FROM loop.actions", NOTE.format("loop.actions")]),
    ("loop_follow_ups_answers", ["UPDATE loop.follow_ups SET score = score + 1 WHERE response_id = 'r78'"]),
    ("loop_follow_ups_answers", ["UPDATE loop.follow_ups SET response_id = 'x' WHERE response_id = 'r78'"]),
    ("loop_follow_ups_computed", ["DELETE FROM loop.follow_ups WHERE status = 'resolved'"]),
    ("loop_follow_ups_priority", ["UPDATE loop.follow_ups SET priority = 99 WHERE response_id = 'r78'"]),
    ("loop_follow_ups_priority", ["UPDATE loop.follow_ups SET priority = NULL WHERE response_id = 'r61'"]),
    ("loop_follow_ups_private", ["UPDATE loop.follow_ups SET owner = 'ann@example.org' WHERE response_id = 'r61'"]),
    ("loop_follow_ups_status", ["UPDATE loop.follow_ups SET contacted_at = due_at WHERE response_id = 'r61'"]),
    ("loop_follow_ups_status", ["UPDATE loop.follow_ups SET resolved_at = due_at WHERE response_id = 'r61'"]),
    (
        "loop_follow_ups_status",
        ["UPDATE loop.follow_ups SET is_urgent = true, is_held_out = true WHERE response_id = 'r61'"],
    ),
    (
        "loop_follow_ups_unique",
        [
            "UPDATE loop.follow_ups AS f SET response_id = r.response_id, customer_id = r.customer_id, "
            "score = r.score, responded_at = r.responded_at FROM core.responses AS r "
            "WHERE r.response_id = 'r15' AND f.response_id = 'r42'"
        ],
    ),
    ("loop_service_levels_computed", ["DELETE FROM loop.service_levels WHERE month = '2023-11-01' AND answers > 5"]),
    ("loop_service_levels_counts", ["UPDATE loop.service_levels SET contacted = 0 WHERE contacted > 0"]),
    ("loop_service_levels_counts", ["UPDATE loop.service_levels SET in_time_share = 1"]),
    ("loop_service_levels_counts", ["UPDATE loop.service_levels SET in_time_share_low = in_time_share_high"]),
    ("loop_service_levels_counts", ["UPDATE loop.service_levels SET median_hours = NULL"]),
    (
        "loop_service_levels_open",
        ["UPDATE loop.service_levels SET open_at_end = open_at_end + 1 WHERE month = '2024-03-01'"],
    ),
    (
        "loop_service_levels_open",
        ["UPDATE loop.service_levels SET overdue_at_end = overdue_at_end - 1 WHERE month = '2024-03-01'"],
    ),
    (
        "loop_service_levels_unique",
        [
            "INSERT INTO loop.service_levels FROM loop.service_levels WHERE month = '2023-11-01'",
            NOTE.format("loop.service_levels"),
        ],
    ),
    ("loop_action_outcomes_change", [*OUTCOME, "UPDATE loop.action_outcomes SET change = 3"]),
    ("loop_action_outcomes_change", [*OUTCOME, "UPDATE loop.action_outcomes SET change_low = 3"]),
    ("loop_action_outcomes_change", [*OUTCOME, "UPDATE loop.action_outcomes SET responses_since = 0"]),
    ("loop_action_outcomes_computed", OUTCOME[:-1]),
    ("loop_action_outcomes_list", [*OUTCOME, "UPDATE loop.action_outcomes SET segment = 'elsewhere'"]),
    (
        "loop_action_outcomes_unique",
        [
            *OUTCOME,
            "INSERT INTO loop.action_outcomes FROM loop.action_outcomes",
            NOTE.format("loop.action_outcomes"),
        ],
    ),
    ("loop_answers_needed_computed", ["DELETE FROM loop.answers_needed WHERE month = '2023-12-01' AND segment = 'DE'"]),
    (
        "loop_answers_needed_margin",
        ["UPDATE loop.answers_needed SET answers_needed = 0, invitations_needed = 0 WHERE segment = 'all'"],
    ),
    (
        "loop_answers_needed_unique",
        [
            "INSERT INTO loop.answers_needed FROM loop.answers_needed WHERE month = '2023-12-01' AND segment = 'DE'",
            NOTE.format("loop.answers_needed"),
        ],
    ),
    ("loop_contacts_computed", ["UPDATE ops.computed SET rows = 1 WHERE table_name = 'loop.contacts'"]),
    ("loop_contacts_sum", ["UPDATE loop.contacts SET broken_rules = too_soon - 1 WHERE too_soon > 0"]),
    (
        "loop_contacts_unique",
        [
            "INSERT INTO loop.contacts SELECT * REPLACE (0 AS invitations, 0 AS customers, 0 AS broken_rules, "
            "0 AS too_soon, 0 AS answered, 0 AS response_rate) FROM loop.contacts LIMIT 1",
            NOTE.format("loop.contacts"),
        ],
    ),
    ("loop_survey_plan_computed", ["UPDATE ops.computed SET rows = 1 WHERE table_name = 'loop.survey_plan'"]),
    (
        "loop_survey_plan_month",
        ["UPDATE loop.survey_plan SET due_date = due_date + 40 WHERE suppressed_by IS NOT NULL"],
    ),
    (
        "loop_survey_plan_once",
        [
            "INSERT INTO loop.survey_plan SELECT * REPLACE ('prospect' AS stage) FROM loop.survey_plan "
            "WHERE suppressed_by IS NULL",
            NOTE.format("loop.survey_plan"),
        ],
    ),
    *(
        (
            "loop_survey_plan_rules",
            [
                f"UPDATE loop.survey_plan SET suppressed_by = NULL WHERE suppressed_by = '{rule}' "
                "AND stage = 'post_delivery' AND (month, customer_id) NOT IN "
                "(SELECT (month, customer_id) FROM loop.survey_plan WHERE suppressed_by IS NULL)"
            ],
        )
        for rule in ("asked_90_days", "no_address", "refused")
    ),
    (
        "loop_survey_plan_rules",
        [
            "INSERT INTO core.consents SELECT max(customer_id), NULL, NULL, TIMESTAMPTZ '2024-01-01 00:00:00+00' "
            "FROM loop.survey_plan WHERE suppressed_by IS NULL AND customer_id NOT IN "
            "(SELECT customer_id FROM core.consents) AND customer_id NOT IN (SELECT customer_id FROM loop.audiences)"
        ],
    ),
    (
        "loop_survey_plan_unique",
        [
            "INSERT INTO loop.survey_plan FROM loop.survey_plan WHERE suppressed_by IS NOT NULL LIMIT 1",
            NOTE.format("loop.survey_plan"),
        ],
    ),
    ("loop_audiences_computed", ["UPDATE ops.computed SET rows = 1 WHERE table_name = 'loop.audiences'"]),
    (
        "loop_audiences_permitted",
        [
            "UPDATE core.customers SET has_email = false WHERE customer_id NOT IN "
            "(SELECT customer_id FROM loop.survey_plan WHERE suppressed_by IS NULL)"
        ],
    ),
    ("loop_audiences_permitted", ["UPDATE core.consents SET consent = false"]),
    (
        "loop_audiences_unique",
        [
            "INSERT INTO loop.audiences FROM loop.audiences WHERE audience = 'detractors_leave_out' LIMIT 1",
            "UPDATE loop.audience_sizes AS s SET customers = (SELECT count(*) FROM loop.audiences AS a "
            "WHERE a.month = s.month AND a.audience = s.audience)",
            NOTE.format("loop.audiences"),
        ],
    ),
    ("loop_audience_changes_computed", ["UPDATE ops.computed SET rows = 9 WHERE table_name = 'loop.audience_changes'"]),
    (
        "loop_audience_changes_members",
        [
            "UPDATE loop.audience_changes SET change = CASE change WHEN 'left' THEN 'entered' ELSE 'left' END",
            MOVED_COUNTS,
        ],
    ),
    (
        "loop_audience_changes_members",
        ["UPDATE loop.audience_changes SET customer_id = 'nobody' WHERE change = 'entered'"],
    ),
    (
        "loop_audience_changes_unique",
        [
            "INSERT INTO loop.audience_changes FROM loop.audience_changes LIMIT 1",
            MOVED_COUNTS,
            NOTE.format("loop.audience_changes"),
        ],
    ),
    ("loop_audience_sizes_computed", ["UPDATE ops.computed SET rows = 1 WHERE table_name = 'loop.audience_sizes'"]),
    ("loop_audience_sizes_sum", ["UPDATE loop.audience_sizes SET customers = customers + 1"]),
    ("loop_audience_sizes_sum", ["UPDATE loop.audience_sizes SET entered = entered + 1, customers = customers"]),
    ("loop_audience_sizes_sum", ["UPDATE loop.audience_sizes SET departed = departed + 1"]),
    (
        "loop_audience_sizes_unique",
        [
            "INSERT INTO loop.audience_sizes FROM loop.audience_sizes WHERE customers = 0 LIMIT 1",
            NOTE.format("loop.audience_sizes"),
        ],
    ),
    ("loop_effect_computed", ["UPDATE ops.computed SET rows = 0 WHERE table_name = 'loop.effect'"]),
    ("loop_effect_interval", ["UPDATE loop.effect SET effect = effect_high + 1"]),
    ("loop_effect_interval", ["UPDATE loop.effect SET effect_low = 'nan'"]),
    ("loop_effect_interval", ["UPDATE loop.effect SET reason = 'none'"]),
    ("loop_effect_interval", ["UPDATE loop.effect SET anytime_low = -1, anytime_high = 1"]),
    ("loop_effect_unique", ["INSERT INTO loop.effect FROM loop.effect LIMIT 1", NOTE.format("loop.effect")]),
    ("loop_recovery_computed", ["UPDATE ops.computed SET rows = 0 WHERE table_name = 'loop.recovery'"]),
    ("loop_recovery_counts", ["UPDATE loop.recovery SET rate_low = recovery_rate + 0.01"]),
    ("loop_recovery_counts", ["UPDATE loop.recovery SET contacted = 1 WHERE arm = 'not_followed_up'"]),
    (
        "loop_recovery_counts",
        ["UPDATE loop.recovery SET customers = customers + 1 WHERE arm = 'followed_up' AND hours_to_contact = 'all'"],
    ),
    ("loop_recovery_held_out", [*HELD_OUT, "UPDATE loop.recovery SET contacted = 1 WHERE arm = 'held_out'"]),
    ("loop_recovery_unique", [*HELD_OUT[:1], *HELD_OUT]),
    ("loop_uplift_computed", UPLIFT[:1]),
    ("loop_uplift_rows", [*UPLIFT, "UPDATE loop.uplift SET gain = NULL WHERE tenth = 3"]),
    ("loop_uplift_rows", [*UPLIFT, "UPDATE loop.uplift SET reason = 'few'"]),
    ("loop_uplift_rows", [*UPLIFT, "UPDATE loop.uplift SET gain = 0.2 WHERE tenth = 10 AND ranking = 'uplift'"]),
    (
        "loop_uplift_unique",
        [
            *UPLIFT,
            "UPDATE loop.uplift SET tenth = 2 WHERE tenth = 1",
            NOTE.format("loop.uplift"),
        ],
    ),
    ("loop_answer_uplift_computed", ANSWER_UPLIFT[:1]),
    ("loop_answer_uplift_range", [*ANSWER_UPLIFT, "UPDATE loop.answer_uplift SET uplift = 'nan'"]),
    ("loop_answer_uplift_unique", [*ANSWER_UPLIFT[:1], *ANSWER_UPLIFT]),
]
