-- table: value.by_category
-- blocking: yes
-- each: month
-- The shares of customers sum to 1 in each month.
SELECT month, count(*) AS rows, sum(share_of_customers) AS shares FROM value.by_category GROUP BY month
HAVING abs(sum(share_of_customers) - 1) > 1e-9
