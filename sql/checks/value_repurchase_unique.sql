-- table: value.repurchase
-- blocking: yes
-- One row per month, category, score, horizon_days.
SELECT month, category, score, horizon_days, count(*) AS rows FROM value.repurchase GROUP BY ALL HAVING count(*) > 1
