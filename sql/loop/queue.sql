-- The answers of known customers that wait for a reply, first things first.
SELECT customer_id, response_id, order_id, category, score, comment, topics, responded_at, due_at, status, priority
FROM loop.follow_ups
WHERE month = $month AND status IN ('open', 'overdue') AND customer_id IS NOT NULL
ORDER BY priority NULLS LAST, due_at, response_id
