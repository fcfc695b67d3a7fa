-- table: value.at_risk
-- blocking: yes
-- A category stands once a month.
SELECT month, category, count(*) AS rows FROM value.at_risk GROUP BY ALL HAVING count(*) > 1
