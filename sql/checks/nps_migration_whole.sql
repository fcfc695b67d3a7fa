-- table: nps.migration
-- blocking: yes
-- each: month
-- Each month has the nine moves, and the shares of each category sum to 1.
SELECT month, count(*) AS moves FROM nps.migration GROUP BY month
HAVING count(DISTINCT (from_category, to_category)) <> 9
UNION ALL
SELECT month, 0 FROM nps.migration GROUP BY month, from_category HAVING abs(sum(share) - 1) > 1e-9
