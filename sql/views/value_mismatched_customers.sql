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
COMMENT ON COLUMN value.mismatched_customers.month IS 'Month (first day), of those kept in value.customers.';
COMMENT ON COLUMN value.mismatched_customers.customer_id IS 'Pseudonym.';
COMMENT ON COLUMN value.mismatched_customers.category IS 'Category of the latest answer.';
COMMENT ON COLUMN value.mismatched_customers.revenue IS 'Net revenue so far.';
COMMENT ON COLUMN value.mismatched_customers.orders IS 'Orders that count.';
COMMENT ON COLUMN value.mismatched_customers.recency_days IS 'Days since the last order.';
COMMENT ON COLUMN value.mismatched_customers.value_rank IS 'Place among the customers of the month by revenue, 1 the most.';
COMMENT ON COLUMN value.mismatched_customers.customers IS 'Customers of the month.';
COMMENT ON COLUMN value.mismatched_customers.reason IS 'likes us, spends little; or spends much, does not recommend us.';
