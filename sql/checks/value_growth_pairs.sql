-- table: value.growth
-- blocking: yes
-- Every pair of score and growth counts once, and a slope lies in its interval.
SELECT month, observations, pairs, elasticity_per_7_points FROM (
    SELECT *, count(*) FILTER (nps IS NOT NULL AND revenue_growth_next IS NOT NULL) OVER (ORDER BY month) AS pairs
    FROM value.growth
)
WHERE observations < pairs OR NOT coalesce(elasticity_per_7_points BETWEEN elasticity_low AND elasticity_high, true)
