-- table: nps.migration_change
-- blocking: yes
-- each: month
-- The month's customers and scores are those of nps.migration.
SELECT month, c.customers, m.customers AS moves FROM nps.migration_change AS c
FULL JOIN (
    SELECT month, sum(customers) AS customers,
        sum(CASE to_category WHEN 'promoter' THEN customers WHEN 'detractor' THEN -customers ELSE 0 END) AS points
    FROM nps.migration GROUP BY month
) AS m USING (month)
WHERE c.customers IS DISTINCT FROM m.customers OR abs(c.nps_after - 100 * m.points / m.customers) > 1e-6
