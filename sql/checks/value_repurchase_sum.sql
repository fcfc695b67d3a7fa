-- table: value.repurchase
-- blocking: yes
-- each: month
-- The scores of a category add up to it, and a rate lies in its interval and grows with the horizon.
SELECT month, category, horizon_days, sum(responses) FILTER (score IS NULL) AS responses,
    sum(responses) FILTER (score IS NOT NULL) AS of_scores
FROM (
    SELECT *, max(repurchase_rate) OVER (
        PARTITION BY month, category, score ORDER BY horizon_days ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS before
    FROM value.repurchase
)
GROUP BY month, category, horizon_days
HAVING sum(responses) FILTER (score IS NULL) IS DISTINCT FROM sum(responses) FILTER (score IS NOT NULL)
    OR count(*) FILTER (repurchase_rate < before - 1e-9) > 0
    OR count(*) FILTER (NOT repurchase_rate BETWEEN rate_low - 1e-9 AND rate_high + 1e-9) > 0
