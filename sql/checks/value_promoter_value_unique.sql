-- table: value.promoter_value
-- blocking: yes
-- A category stands once a month.
SELECT month, category, count(*) AS rows FROM value.promoter_value GROUP BY ALL HAVING count(*) > 1
