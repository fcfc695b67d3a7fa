-- value.mismatched_customers: customers whose value and latest answer disagree.
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
COMMENT ON VIEW value.mismatched_customers IS 'Customers whose value and latest answer disagree: passives and detractors in the tenth with most revenue, and promoters in the lower half. One row per month and customer, of the months kept in value.customers.';
COMMENT ON COLUMN value.mismatched_customers.month IS 'First day of the month, of those kept in value.customers.';
COMMENT ON COLUMN value.mismatched_customers.customer_id IS 'core.customers.customer_id.';
COMMENT ON COLUMN value.mismatched_customers.category IS 'Category of the customer''s latest answer.';
COMMENT ON COLUMN value.mismatched_customers.revenue IS 'Net revenue of all orders so far, reporting currency.';
COMMENT ON COLUMN value.mismatched_customers.orders IS 'Orders that count so far.';
COMMENT ON COLUMN value.mismatched_customers.recency_days IS 'See value.customers.recency_days.';
COMMENT ON COLUMN value.mismatched_customers.value_rank IS 'Rank among the month''s customers by revenue, 1 the highest.';
COMMENT ON COLUMN value.mismatched_customers.customers IS 'Customers of the month.';
COMMENT ON COLUMN value.mismatched_customers.reason IS 'Either: likes us, spends little; or: spends much, does not recommend us.';
