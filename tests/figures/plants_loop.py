"""What breaks each check of schema loop, and no other check.

Here: the statements, by check. Not here: the tests that run them (test_checks.py).
"""

from __future__ import annotations

NOTE = (
    "UPDATE ops.computed SET rows = (SELECT count(*) FROM {0} AS t WHERE t.month = computed.month) "
    "WHERE table_name = '{0}'"
)
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
]
