-- table: value.retention
-- blocking: yes
-- each: month
-- The rate is the rate of the counts plus the gain.
SELECT month, gain_points, count(*) AS rows FROM value.retention GROUP BY ALL
HAVING NOT bool_and(abs(retention_rate - retained / customers - gain_points / 100) < 1e-9)
