-- Whom do I reply to first?
-- `northstar who` says who a customer_id is. An answer leaves the list when its contact has landed, as a canonical
-- file of follow-ups or in the survey tool's own export.
SELECT priority, customer_id, order_id, category, score, status, due_at, round(value_at_risk, 2) AS value_at_risk, topics,
    comment
FROM loop.follow_ups
WHERE month = (SELECT max(month) FROM loop.follow_ups) AND priority <= 20
ORDER BY priority;
