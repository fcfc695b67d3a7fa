-- table: value.retention
-- blocking: yes
-- A gain stands once a month, and the rate is that of the counts plus the gain.
SELECT month, gain_points, count(*) AS rows FROM value.retention GROUP BY ALL
HAVING count(*) > 1 OR NOT bool_and(abs(retention_rate - retained / customers - gain_points / 100) < 1e-9)
