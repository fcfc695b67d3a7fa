-- The months whose edges moved, came or went; how many customers they compare does not matter. Temporary view: differing
-- (of core.rfm_edges).
SELECT month FROM (SELECT DISTINCT * EXCLUDE (customers, is_new) FROM differing) GROUP BY month HAVING count(*) > 1
UNION
SELECT month FROM differing GROUP BY month HAVING count(*) = 1
