"""What breaks each check of schema core and ops, and no other check.

Here: the statements, by check. Not here: the tests that run them (test_checks.py).
"""

from __future__ import annotations

from pipelines.core.doubts import doubts

MAIL = "anna@shop.example"

# Check, and the statements that break its promise and no other's.
PLANTS = [
    ("core_answers_private", [f"INSERT INTO core.answers VALUES ('r1', 'q', 'ask {MAIL}')"]),
    ("core_answers_private", [f"INSERT INTO core.answers VALUES ('r1', '{MAIL}?', 'yes')"]),
    ("core_answers_reference", ["INSERT INTO core.answers VALUES ('nobody', 'q', 'a')"]),
    ("core_answers_unique", ["INSERT INTO core.answers FROM core.answers LIMIT 1"]),
    ("core_consents_reference", ["INSERT INTO core.consents VALUES ('nobody', true, NULL, NULL)"]),
    ("core_consents_unique", ["INSERT INTO core.consents FROM core.consents LIMIT 1"]),
    ("core_customers_private", [f"UPDATE core.customers SET attributes = MAP {{'tier': '{MAIL}'}}"]),
    ("core_customers_private", [f"UPDATE core.customers SET country = '{MAIL}' WHERE customer_id = 'c05'"]),
    ("core_customers_referrer", ["UPDATE core.customers SET referred_by = customer_id WHERE customer_id = 'c05'"]),
    ("core_customers_referrer", ["UPDATE core.customers SET referred_by = 'nobody' WHERE customer_id = 'c05'"]),
    ("core_customers_unique", ["INSERT INTO core.customers FROM core.customers LIMIT 1"]),
    ("core_follow_ups_conserved", ["DELETE FROM core.follow_ups WHERE owner = 'care'"]),
    (
        "core_follow_ups_conserved",
        [
            "INSERT INTO core.follow_ups (response_id, source, contacted_at, is_dated) "
            "VALUES ('r1', 'canonical', '2024-01-01', true)"
        ],
    ),
    ("core_follow_ups_private", [f"UPDATE core.follow_ups SET owner = '{MAIL}'"]),
    ("core_follow_ups_private", ["UPDATE core.follow_ups SET note = 'josé@exämple'"]),
    (
        "core_follow_ups_unique",
        ["UPDATE core.follow_ups SET response_id = 'same', contacted_at = '2024-01-01' WHERE rowid < 2"],
    ),
    ("core_reviews_given_conserved", ["DELETE FROM core.reviews_given WHERE customer_id = 'c03'"]),
    ("core_reviews_given_reference", ["UPDATE core.reviews_given SET customer_id = 'no' WHERE customer_id = 'c03'"]),
    (
        "core_reviews_given_unique",
        ["UPDATE core.reviews_given SET (customer_id, given_at) = ('c03', '2024-01-01') WHERE customer_id <= 'c03'"],
    ),
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
    (
        "core_invitations_unsubscribed",
        ["UPDATE core.invitations SET unsubscribed_at = invited_at WHERE invitation_id = 'r1-1'"],
    ),
    (
        "core_invitations_unsubscribed",
        ["UPDATE core.invitations SET is_unsubscribed = true WHERE invitation_id = 'r1-1'"],
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
    ("core_response_segments_unique", ["INSERT INTO core.response_segments VALUES ('r1', 'tier', 'gold')"]),
    ("core_response_segments_whole", ["DELETE FROM core.response_segments"]),
    ("core_response_topics_unique", ["INSERT INTO core.response_topics VALUES ('r0', 'price')"]),
    ("core_response_topics_none", ["INSERT INTO core.response_topics VALUES ('r0', 'none')"]),
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
            "UPDATE core.responses SET response_id = 'r99' WHERE response_id = 'r89'",
            "UPDATE core.invitations SET response_id = NULL WHERE response_id = 'r89'",
            "DELETE FROM core.response_segments WHERE response_id = 'r89'",
        ],
    ),
    ("core_rfm_edges_order", ["UPDATE core.rfm_edges SET customers = 0"]),
    ("core_rfm_edges_order", ["UPDATE core.rfm_edges SET money_4_from = 2, money_5_from = 1"]),
    ("core_rfm_edges_unique", ["INSERT INTO core.rfm_edges FROM core.rfm_edges LIMIT 1"]),
    ("core_spend_tiers_unique", ["INSERT INTO core.spend_tiers FROM core.spend_tiers LIMIT 1"]),
    (
        "ops_doubts_private",
        [f"INSERT INTO ops.doubts (doubt, records, example, advice) VALUES ('none', 1, '{MAIL}', 'Look at it.')"],
    ),
    *(
        (
            f"ops_doubts_{doubt.code}",
            [f"INSERT INTO ops.doubts (doubt, records, advice) VALUES ('{doubt.code}', 1, 'Look at it.')"],
        )
        for doubt in doubts()
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
        ["INSERT INTO ops.rejected (file_id, kind, reason, value) VALUES ('f1', 'o', 'r', '5 Sample Street')"],
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
]
