-- table: core.spend_tiers
-- blocking: yes
-- A month stands once.
SELECT month, count(*) AS rows FROM core.spend_tiers GROUP BY ALL HAVING count(*) > 1
