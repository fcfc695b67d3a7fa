"""What breaks each check of schema value, and no other check.

Here: the statements, by check. Not here: the tests that run them (test_checks.py).
"""

from __future__ import annotations

NOTE = (
    "UPDATE ops.computed SET rows = (SELECT count(*) FROM {0} AS t WHERE t.month = computed.month) "
    "WHERE table_name = '{0}'"
)
AFTER_ANSWER = """
INSERT INTO value.after_answer
SELECT DATE '2024-03-01', 'promoter', score, customers, 10, 5, 15, NULL, 1, 0, 0
FROM (VALUES (NULL, 2), (9, 2)) AS t(score, customers)
"""
WORD_OF_MOUTH = """
INSERT INTO value.word_of_mouth VALUES (DATE '2024-03-01', 'promoter', 5, 100, 4, 0.1, 10, 50, 0.5, 100, 0, 200, 0)
"""

# Check, and the statements that break its promise and no other's.
PLANTS = [
    ("value_customers_quantiles", ["UPDATE value.customers SET orders_p10 = orders_p90 + 1"]),
    ("value_customers_quantiles", ["UPDATE value.customers SET order_probability_30d = 1.5"]),
    (
        "value_customers_quantiles",
        ["UPDATE value.customers SET next_order_days = 5 WHERE orders_p90 = 0"],
    ),
    ("value_customers_quantiles", ["UPDATE value.customers SET value_p90 = 'nan'"]),
    ("value_cohorts_computed", ["UPDATE ops.computed SET rows = 0 WHERE table_name = 'value.cohorts'"]),
    ("value_cohorts_interval", ["UPDATE value.cohorts SET retention = retention / 2"]),
    ("value_cohorts_interval", ["UPDATE value.cohorts SET months_since = months_since + 1"]),
    (
        "value_cohorts_interval",
        [
            "UPDATE value.cohorts SET revenue_low = revenue_per_customer + 1, revenue_high = revenue_per_customer + 2, "
            "revenue_reason = NULL"
        ],
    ),
    (
        "value_cohorts_sum",
        ["UPDATE value.cohorts SET customers = 2 * customers, active = 2 * active WHERE segment = 'DE'"],
    ),
    ("value_cohorts_sum", ["DELETE FROM value.cohorts WHERE segment = 'DE'", NOTE.format("value.cohorts")]),
    ("value_cohorts_whole", ["UPDATE value.cohorts SET customers = 2 * customers, active = 2 * active"]),
    (
        "value_cohorts_unique",
        [
            "INSERT INTO value.cohorts SELECT c.* REPLACE ('half' AS dimension, customers // 2 AS customers, "
            "active // 2 AS active) FROM value.cohorts AS c, range(2) "
            "WHERE dimension = 'all' AND customers % 2 = 0 AND active % 2 = 0",
            NOTE.format("value.cohorts"),
        ],
    ),
    ("value_second_order_computed", ["UPDATE ops.computed SET rows = 0 WHERE table_name = 'value.second_order'"]),
    ("value_second_order_curve", ["UPDATE value.second_order SET at_risk = customers + 1"]),
    ("value_second_order_curve", ["UPDATE value.second_order SET second_order_rate = 0.9 WHERE horizon_days = 30"]),
    ("value_second_order_curve", ["UPDATE value.second_order SET rate_low = 1.5"]),
    ("value_second_order_sum", ["UPDATE value.second_order SET customers = customers + 1 WHERE dimension = 'all'"]),
    (
        "value_second_order_unique",
        [
            "INSERT INTO value.second_order FROM value.second_order WHERE dimension = 'category' AND horizon_days = 30 "
            "LIMIT 1",
            NOTE.format("value.second_order"),
        ],
    ),
    ("value_rfm_computed", ["UPDATE ops.computed SET rows = 0 WHERE table_name = 'value.rfm'"]),
    ("value_rfm_interval", ["UPDATE value.rfm SET promoters = promoters + 1, passives = passives - 1"]),
    ("value_rfm_interval", ["UPDATE value.rfm SET churn_probability = 1.5"]),
    ("value_rfm_interval", ["UPDATE value.rfm SET pooled_low = pooled_high + 1 WHERE surveyed > 0"]),
    ("value_rfm_sum", ["UPDATE value.rfm SET customers = customers + 1 WHERE recency_quintile IS NOT NULL"]),
    ("value_rfm_sum", ["UPDATE value.rfm SET money_quintile = NULL WHERE rowid = (SELECT max(rowid) FROM value.rfm)"]),
    (
        "value_rfm_unique",
        [
            "UPDATE value.rfm SET surveyed = 0, promoters = 0, passives = 0, detractors = 0, nps = NULL, "
            "pooled_nps = NULL",
            "INSERT INTO value.rfm SELECT * REPLACE (1 AS customers, 0 AS revenue) FROM value.rfm "
            "WHERE money_quintile IS NOT NULL AND customers > 1 ORDER BY ALL LIMIT 1",
            "UPDATE value.rfm SET customers = customers - 1 WHERE customers > 1 AND (month, recency_quintile, "
            "frequency_quintile, money_quintile) IN (SELECT (month, recency_quintile, frequency_quintile, "
            "money_quintile) FROM value.rfm WHERE money_quintile IS NOT NULL GROUP BY ALL HAVING count(*) > 1)",
            NOTE.format("value.rfm"),
        ],
    ),
    ("value_rfm_year", ["UPDATE value.rfm SET revenue = revenue * 2"]),
    ("value_rfm_moves_computed", ["UPDATE ops.computed SET rows = 0 WHERE table_name = 'value.rfm_moves'"]),
    ("value_rfm_moves_share", ["UPDATE value.rfm_moves SET share = share / 2"]),
    ("value_rfm_moves_sum", ["UPDATE value.rfm_moves SET customers = customers + 1 WHERE to_group <> 'lapsed'"]),
    (
        "value_rfm_moves_unique",
        [
            "INSERT INTO value.rfm_moves SELECT * REPLACE (0 AS customers, 0 AS share) FROM value.rfm_moves LIMIT 1",
            NOTE.format("value.rfm_moves"),
        ],
    ),
    ("value_at_risk_computed", ["UPDATE ops.computed SET rows = 0 WHERE table_name = 'value.at_risk'"]),
    ("value_at_risk_sum", ["UPDATE value.at_risk SET customers = customers + 1 WHERE month = '2023-12-01'"]),
    ("value_at_risk_sum", ["UPDATE value.at_risk SET churn_probability = 1.1 WHERE category = 'promoter'"]),
    ("value_at_risk_sum", ["UPDATE value.at_risk SET revenue_at_risk_90d = revenue_at_risk_180d + 1"]),
    ("value_at_risk_sum", ["UPDATE value.at_risk SET expected_revenue_90d = 'nan'"]),
    ("value_at_risk_churn", ["UPDATE value.at_risk SET churn_expected_before = 0.5, churn_actual_before = NULL"]),
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
    ("value_by_category_shares", ["UPDATE value.by_category SET share_of_customers = share_of_customers + 0.01"]),
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
    (
        "value_model_backtest_unique",
        [
            "INSERT INTO value.model_backtest SELECT * REPLACE (0 AS customers, 0 AS actual_orders, "
            "0 AS expected_orders, 0 AS actual_value, 0 AS expected_value) FROM value.model_backtest "
            "WHERE decile = 1 LIMIT 1",
            NOTE.format("value.model_backtest"),
        ],
    ),
    ("value_models_computed", ["UPDATE ops.computed SET rows = 0 WHERE table_name = 'value.models'"]),
    ("value_models_correlation", ["UPDATE value.models SET correlation = -0.31 WHERE model = 'gamma_gamma'"]),
    ("value_models_flagged", ["UPDATE value.models SET reason = NULL WHERE month = '2023-12-01'"]),
    ("value_models_flagged", ["UPDATE value.models SET fallback = false, reason = NULL, log_likelihood = -1"]),
    ("value_models_flagged", ["UPDATE value.models SET value = 'inf' WHERE parameter = 'alpha'"]),
    (
        "value_models_parameters",
        ["DELETE FROM value.models WHERE parameter = 'alpha' AND month = '2023-12-01'", NOTE.format("value.models")],
    ),
    ("value_models_parameters", ["UPDATE value.models SET parameter = 'c' WHERE parameter = 'b'"]),
    ("value_models_unique", ["INSERT INTO value.models FROM value.models LIMIT 1", NOTE.format("value.models")]),
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
    (
        "value_retention_unique",
        [
            "INSERT INTO value.retention SELECT DATE '2024-02-01', 0, 4, 2, 0.5, 1, 10, 10, 0 FROM range(2)",
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
    ("value_revenue_parts", ["UPDATE value.revenue SET revenue_weighted_nps = 1, revenue_weighted_low = 2"]),
    ("value_revenue_unique", ["INSERT INTO value.revenue FROM value.revenue LIMIT 1", NOTE.format("value.revenue")]),
    ("value_word_of_mouth_computed", [WORD_OF_MOUTH]),
    (
        "value_word_of_mouth_sum",
        [WORD_OF_MOUTH, NOTE.format("value.word_of_mouth"), "UPDATE value.word_of_mouth SET total_value = 1"],
    ),
    ("value_word_of_mouth_unique", [WORD_OF_MOUTH, WORD_OF_MOUTH, NOTE.format("value.word_of_mouth")]),
]
