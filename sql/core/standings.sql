-- What every customer with an order that counted had bought in the 365 days before a month, as known when it began:
-- orders that counted, day of the last of them, and revenue. Temporary table: standing_months.
SELECT m.month, o.customer_id, sum(spent_before(m.month, o.gross, o.refunded, o.refunded_at)) AS revenue,
    count(*) FILTER (counted_before(m.month, o.gross, o.refunded, o.refunded_at)) AS orders,
    max(o.order_date) FILTER (counted_before(m.month, o.gross, o.refunded, o.refunded_at)) AS last_date
FROM core.orders AS o
JOIN standing_months AS m ON o.order_date < m.month AND o.order_date >= m.month - 365
WHERE o.customer_id IS NOT NULL AND NOT o.is_cancelled AND o.gross IS NOT NULL
GROUP BY ALL
HAVING orders > 0
