-- The spend tier of the answers in spend_responses: the customer's revenue in the 365 days before the month, compared
-- with core.spend_tiers. unknown for anonymous answers, and for months before which nobody bought or no money could be
-- converted. Temporary table: spend_responses (response_id, customer_id, month).
WITH asked AS (
    SELECT DISTINCT customer_id, month FROM spend_responses WHERE customer_id IS NOT NULL
),
spent AS (
    SELECT a.customer_id, a.month, sum(spent_before(a.month, o.gross, o.refunded, o.refunded_at)) AS revenue
    FROM asked AS a
    JOIN core.orders AS o ON o.customer_id = a.customer_id AND o.order_date < a.month AND o.order_date >= a.month - 365
    WHERE NOT o.is_cancelled AND o.gross IS NOT NULL
    GROUP BY ALL
    HAVING bool_or(counted_before(a.month, o.gross, o.refunded, o.refunded_at))
)
SELECT r.response_id, 'spend_tier' AS dimension,
    CASE WHEN r.customer_id IS NULL OR t.month IS NULL THEN 'unknown'
        WHEN s.revenue >= t.top_decile_from THEN 'top_decile' ELSE 'rest' END AS segment
FROM spend_responses AS r
LEFT JOIN spent AS s USING (customer_id, month)
LEFT JOIN core.spend_tiers AS t USING (month)
