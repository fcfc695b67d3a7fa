-- Spend tier and group by recency, frequency and money of the answers in standing_responses: what the customer had bought
-- in the 365 days before the month, compared with core.spend_tiers and core.rfm_edges. unknown for anonymous answers, and
-- for months before which nobody bought or no money could be converted. Temporary tables: standing_responses
-- (response_id, customer_id, month), rfm_group_names (recency, frequency, money, rfm_group).
WITH asked AS (
    SELECT DISTINCT customer_id, month FROM standing_responses WHERE customer_id IS NOT NULL
),
bought AS (
    SELECT a.customer_id, a.month, sum(spent_before(a.month, o.gross, o.refunded, o.refunded_at)) AS revenue,
        count(*) FILTER (counted_before(a.month, o.gross, o.refunded, o.refunded_at)) AS orders,
        max(o.order_date) FILTER (counted_before(a.month, o.gross, o.refunded, o.refunded_at)) AS last_date
    FROM asked AS a
    JOIN core.orders AS o ON o.customer_id = a.customer_id AND o.order_date < a.month AND o.order_date >= a.month - 365
    WHERE NOT o.is_cancelled AND o.gross IS NOT NULL
    GROUP BY ALL
    HAVING orders > 0
),
placed AS (
    SELECT r.response_id, r.customer_id, r.month, b.revenue, b.orders,
        1 + len(list_filter([e.recency_2_from, e.recency_3_from, e.recency_4_from, e.recency_5_from],
            lambda edge: edge <= b.last_date)) AS recency,
        1 + len(list_filter([e.frequency_2_from, e.frequency_3_from, e.frequency_4_from, e.frequency_5_from],
            lambda edge: edge <= b.orders)) AS frequency,
        1 + len(list_filter([e.money_2_from, e.money_3_from, e.money_4_from, e.money_5_from],
            lambda edge: edge <= b.revenue)) AS money
    FROM standing_responses AS r
    LEFT JOIN bought AS b USING (customer_id, month)
    LEFT JOIN core.rfm_edges AS e USING (month)
)
SELECT p.response_id, 'spend_tier' AS dimension,
    CASE WHEN p.customer_id IS NULL OR t.month IS NULL THEN 'unknown'
        WHEN p.revenue >= t.top_decile_from THEN 'top_decile' ELSE 'rest' END AS segment
FROM placed AS p
LEFT JOIN core.spend_tiers AS t USING (month)
UNION ALL
SELECT p.response_id, 'rfm_group',
    CASE WHEN p.customer_id IS NULL OR e.month IS NULL THEN 'unknown'
        WHEN p.orders IS NULL THEN 'no_order' ELSE n.rfm_group END
FROM placed AS p
LEFT JOIN core.rfm_edges AS e USING (month)
LEFT JOIN rfm_group_names AS n USING (recency, frequency, money)
