-- table: value.cohorts
-- blocking: yes
-- each: month
-- The cohorts of a month are all customers who have bought, as in value.by_category.
SELECT month, c.customers, b.customers AS buyers
FROM (SELECT month, sum(customers) AS customers FROM value.cohorts WHERE dimension = 'all' GROUP BY month) AS c
FULL JOIN (SELECT month, sum(customers) AS customers FROM value.by_category GROUP BY month) AS b USING (month)
WHERE c.customers IS DISTINCT FROM b.customers
