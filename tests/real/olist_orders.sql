-- What an operator runs once (duckdb < olist_orders.sql in the folder of the dataset): the three files an Olist order is
-- spread over, joined to one canonical orders file for the landing folder.
COPY (
    SELECT
        o.order_id,
        o.order_purchase_timestamp AS ordered_at,
        p.total,
        'BRL' AS currency,
        c.customer_unique_id AS customer_id,
        CASE o.order_status WHEN 'canceled' THEN 'cancelled' ELSE o.order_status END AS status,
        c.customer_state AS country,
        o.order_estimated_delivery_date AS promised_at,
        o.order_delivered_carrier_date AS fulfilled_at,
        o.order_delivered_customer_date AS delivered_at
    FROM read_csv('olist_orders_dataset.csv', all_varchar = true) o
    JOIN read_csv('olist_customers_dataset.csv', all_varchar = true) c USING (customer_id)
    LEFT JOIN (
        SELECT order_id, sum(payment_value::DECIMAL(18, 2)) AS total
        FROM read_csv('olist_order_payments_dataset.csv', all_varchar = true) GROUP BY order_id
    ) p USING (order_id)
    ORDER BY o.order_id
) TO 'orders.csv' (HEADER);
