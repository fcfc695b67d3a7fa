-- table: value.rfm
-- blocking: yes
-- each: month
-- The groups are the buyers of the year and their revenue, as in value.biggest_customers.
SELECT r.month, r.customers, b.customers AS buyers
FROM (
    SELECT month, sum(customers) AS customers, sum(revenue) AS revenue
    FROM value.rfm WHERE recency_quintile IS NULL GROUP BY month
) AS r
FULL JOIN (SELECT month, customers, revenue FROM value.biggest_customers WHERE tier = 'all') AS b USING (month)
WHERE r.customers IS DISTINCT FROM b.customers OR r.revenue IS DISTINCT FROM b.revenue
