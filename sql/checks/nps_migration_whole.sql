-- table: nps.migration
-- blocking: yes
-- A month has each of the nine moves once, and the shares of a category sum to 1.
SELECT month, count(*) AS moves FROM nps.migration GROUP BY month
HAVING count(*) <> 9 OR count(DISTINCT (from_category, to_category)) <> 9
UNION ALL
SELECT month, 0 FROM nps.migration GROUP BY month, from_category HAVING abs(sum(share) - 1) > 1e-9
