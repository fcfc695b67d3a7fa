-- Who comes back sooner?
-- The share that has bought again within so many days of the answer, with those still waiting counted as waiting.
-- `log_rank_p_value` below 0.05 says that the categories differ; the ranges say by how much.
SELECT horizon_days, category, responses, round(100 * repurchase_rate, 1) AS percent_back, round(100 * rate_low, 1) AS low,
    round(100 * rate_high, 1) AS high, round(median_days) AS median_days, round(log_rank_p_value, 4) AS p_value
FROM value.repurchase
WHERE month = (SELECT max(month) FROM value.repurchase) AND score IS NULL
ORDER BY horizon_days, category;
