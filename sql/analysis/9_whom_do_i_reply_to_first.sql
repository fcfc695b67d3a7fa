-- Whom do I reply to first?
SELECT priority, customer_id, order_id, category, score, status, due_at, round(value_at_risk, 2) AS value_at_risk, topics,
    comment
FROM loop.follow_ups
WHERE month = (SELECT max(month) FROM loop.follow_ups) AND priority <= 20
ORDER BY priority;
