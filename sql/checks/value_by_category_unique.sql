-- table: value.by_category
-- blocking: yes
-- A category stands once a month, and the shares of customers sum to 1.
SELECT month, count(*) AS rows, sum(share_of_customers) AS shares FROM value.by_category GROUP BY month
HAVING count(*) <> count(DISTINCT category) OR abs(sum(share_of_customers) - 1) > 1e-9
