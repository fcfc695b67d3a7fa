-- What the changed orders brought and bring: times is 1 for an order that came, -1 for one that went, and rows that
-- differ in nothing of this cancel; nothing if everything is computed anew. Session: is_whole. Temporary view:
-- differing (of core.orders).
SELECT customer_id, order_date, gross, refunded, refunded_at, sum(CASE WHEN is_new THEN 1 ELSE -1 END) AS times
FROM differing
WHERE customer_id IS NOT NULL AND NOT is_cancelled AND gross IS NOT NULL AND NOT getvariable('is_whole')
GROUP BY ALL
HAVING times <> 0
