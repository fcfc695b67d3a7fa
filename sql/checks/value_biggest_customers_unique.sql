-- table: value.biggest_customers
-- blocking: yes
-- One row per month, tier.
SELECT month, tier, count(*) AS rows FROM value.biggest_customers GROUP BY ALL HAVING count(*) > 1
