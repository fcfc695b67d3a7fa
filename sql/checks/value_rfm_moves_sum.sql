-- table: value.rfm_moves
-- blocking: yes
-- each: month
-- All customers of a group came from somewhere.
SELECT r.month, r.rfm_group, r.customers, m.customers AS moved
FROM (SELECT month, rfm_group, customers FROM value.rfm WHERE recency_quintile IS NULL) AS r
FULL JOIN (
    SELECT month, to_group AS rfm_group, sum(customers) AS customers
    FROM value.rfm_moves WHERE to_group <> 'lapsed' GROUP BY ALL
) AS m USING (month, rfm_group)
WHERE r.customers IS DISTINCT FROM m.customers
