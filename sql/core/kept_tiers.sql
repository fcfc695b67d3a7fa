-- core.spend_tiers for the months that a changed order reaches without moving the decile. It stays if as many customers
-- as before are above it, no fewer are at it, and it is still the same customer in the order of revenue. So a night
-- looks at the customers whose orders changed instead of at all of them. All orders of these are in new_orders.
-- Temporary tables: moved_spending, new_orders.
WITH moved AS (
    SELECT s.customer_id, t.month, t.top_decile_from,
        sum(s.times) FILTER (counted_before(t.month, s.gross, s.refunded, s.refunded_at)) AS orders,
        sum(s.times * spent_before(t.month, s.gross, s.refunded, s.refunded_at)) AS revenue
    FROM moved_spending AS s
    JOIN core.spend_tiers AS t ON s.order_date < t.month AND s.order_date >= t.month - 365
    GROUP BY ALL
),
now AS (
    SELECT m.customer_id, m.month,
        count(*) FILTER (counted_before(m.month, o.gross, o.refunded, o.refunded_at)) AS orders,
        sum(spent_before(m.month, o.gross, o.refunded, o.refunded_at)) AS revenue
    FROM moved AS m
    JOIN new_orders AS o ON o.customer_id = m.customer_id AND o.order_date < m.month AND o.order_date >= m.month - 365
    WHERE NOT o.is_cancelled AND o.gross IS NOT NULL
    GROUP BY ALL
),
states AS (
    SELECT m.month, m.top_decile_from, coalesce(n.orders, 0) AS orders, coalesce(n.revenue, 0) AS revenue,
        coalesce(m.orders, 0) AS more_orders, m.revenue AS more_revenue
    FROM moved AS m
    LEFT JOIN now AS n USING (customer_id, month)
),
counted AS (
    SELECT month, count(*) FILTER (orders > 0) - count(*) FILTER (orders > more_orders) AS more_customers,
        count(*) FILTER (orders > 0 AND revenue > top_decile_from)
            - count(*) FILTER (orders > more_orders AND revenue - more_revenue > top_decile_from) AS more_above,
        count(*) FILTER (orders > 0 AND revenue = top_decile_from)
            - count(*) FILTER (orders > more_orders AND revenue - more_revenue = top_decile_from) AS more_at
    FROM states
    GROUP BY month
)
SELECT month, t.customers + c.more_customers AS customers, t.top_decile_from
FROM counted AS c
JOIN core.spend_tiers AS t USING (month)
WHERE c.more_above = 0 AND c.more_at >= 0 AND t.customers + c.more_customers > 0
    AND month IN (SELECT month_start(response_date) FROM core.responses)
    AND (t.customers + c.more_customers + 9) // 10 = (t.customers + 9) // 10
