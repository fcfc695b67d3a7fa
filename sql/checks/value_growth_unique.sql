-- table: value.growth
-- blocking: yes
-- One row per month.
SELECT month, count(*) AS rows FROM value.growth GROUP BY ALL HAVING count(*) > 1
