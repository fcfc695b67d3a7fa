-- core.spend_tiers for the months in spend_months: the revenue in the 365 days before the month from which a customer
-- is in the top decile of those who bought (the first of ten, the second of eleven). Refunds dated later had not
-- happened yet. Temporary table: spend_months.
SELECT month, count(*) AS customers, -quantile_disc(-revenue, 0.1) AS top_decile_from
FROM (
    SELECT m.month, o.customer_id, sum(o.gross - CASE
        WHEN o.refunded_at IS NULL OR business_date(o.refunded_at) < m.month THEN o.refunded ELSE 0 END) AS revenue
    FROM core.orders AS o
    JOIN spend_months AS m ON o.order_date < m.month AND o.order_date >= m.month - 365
    WHERE o.customer_id IS NOT NULL AND NOT o.is_cancelled AND o.gross IS NOT NULL
    GROUP BY ALL
)
GROUP BY month
