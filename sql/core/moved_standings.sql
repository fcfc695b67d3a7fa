-- The months before which a changed order moved what a customer had bought: on a day of the 365 days before the month,
-- other orders counted or other money was known when the month began. A refund of today moves no month before it.
-- Temporary table: moved_spending.
SELECT DISTINCT month
FROM (
    SELECT m.month, s.customer_id, s.order_date
    FROM moved_spending AS s
    JOIN (SELECT DISTINCT month_start(response_date) AS month FROM core.responses) AS m
        ON s.order_date < m.month AND s.order_date >= m.month - 365
    GROUP BY ALL
    HAVING coalesce(sum(s.times) FILTER (counted_before(m.month, s.gross, s.refunded, s.refunded_at)), 0) <> 0
        OR sum(s.times * spent_before(m.month, s.gross, s.refunded, s.refunded_at)) <> 0
)
