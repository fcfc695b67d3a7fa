-- core.spend_tiers for the months in spend_months: the revenue in the 365 days before the month from which a customer
-- is in the top decile of those with an order that counted by then (the first of ten, the second of eleven). Temporary tables: spend_months,
-- kept_tiers.
SELECT month, count(*) AS customers, -quantile_disc(-revenue, 0.1) AS top_decile_from
FROM (
    SELECT m.month, o.customer_id, sum(spent_before(m.month, o.gross, o.refunded, o.refunded_at)) AS revenue
    FROM core.orders AS o
    JOIN spend_months AS m ON o.order_date < m.month AND o.order_date >= m.month - 365
    WHERE o.customer_id IS NOT NULL AND NOT o.is_cancelled AND o.gross IS NOT NULL
    GROUP BY ALL
    HAVING bool_or(counted_before(m.month, o.gross, o.refunded, o.refunded_at))
)
GROUP BY month
UNION ALL
FROM kept_tiers
