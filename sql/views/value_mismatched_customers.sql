-- value.mismatched_customers: customers whose value and whose answer disagree.
CREATE OR REPLACE VIEW value.mismatched_customers AS
SELECT month, customer_id, category, revenue, orders, recency_days, value_rank, customers,
    CASE WHEN category = 'promoter' THEN 'likes us, spends little' ELSE 'spends much, does not recommend us' END AS reason
FROM (
    SELECT *, rank() OVER (PARTITION BY month ORDER BY revenue DESC) AS value_rank,
        count(*) OVER (PARTITION BY month) AS customers
    FROM value.customers
)
WHERE (category IN ('passive', 'detractor') AND value_rank <= ceil(customers / 10))
    OR (category = 'promoter' AND value_rank > customers / 2);
COMMENT ON VIEW value.mismatched_customers IS 'Customers whose value and answer disagree, of the months kept in value.customers: passives and detractors among the tenth with most revenue, and promoters in the lower half.';
