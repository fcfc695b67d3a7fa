-- Which big spenders do not recommend us?
-- The customers in the tenth with most revenue whose latest answer is not that of a promoter. `northstar who` says
-- who a customer_id is, for whoever may read the vault.
SELECT customer_id, category, revenue, orders, recency_days, value_rank
FROM value.mismatched_customers
WHERE month = (SELECT max(month) FROM value.mismatched_customers) AND category <> 'promoter'
ORDER BY value_rank, customer_id
LIMIT 20;
