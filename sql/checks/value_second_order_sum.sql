-- table: value.second_order
-- blocking: yes
-- each: month
-- The kinds of first order are all new customers, in those followed and in those whose year has passed.
SELECT month, d.dimension, d.customers, w.customers AS all_customers
FROM (
    SELECT month, dimension, sum(customers) AS customers, sum(value_customers) AS value_customers
    FROM value.second_order WHERE horizon_days = 365 AND dimension IN ('product_category', 'discounted') GROUP BY ALL
) AS d
LEFT JOIN (FROM value.second_order WHERE horizon_days = 365 AND dimension = 'all') AS w USING (month)
WHERE d.customers IS DISTINCT FROM w.customers OR d.value_customers IS DISTINCT FROM w.value_customers
