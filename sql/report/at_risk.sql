-- Who may not come back, what is at stake, and how the same forecast went before.
SELECT category, customers, churn_probability, expected_revenue_90d, revenue_at_risk_90d, calibrated_at_risk_90d,
    revenue_at_risk_180d, churn_expected_before, churn_actual_before, backtest_expected, backtest_actual, backtest_error
FROM value.latest_at_risk
ORDER BY list_position(['promoter', 'passive', 'detractor', 'unsurveyed'], category);
