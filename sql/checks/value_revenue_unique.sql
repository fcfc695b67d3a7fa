-- table: value.revenue
-- blocking: yes
-- One row per month.
SELECT month, count(*) AS rows FROM value.revenue GROUP BY ALL HAVING count(*) > 1
