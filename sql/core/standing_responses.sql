-- The answers in scope, and those of the months whose spend tiers or edges moved. Temporary tables: new_responses,
-- moved_tiers, moved_edges.
SELECT response_id, customer_id, month_start(response_date) AS month
FROM core.responses
WHERE response_id IN (SELECT response_id FROM new_responses)
    OR month_start(response_date) IN (FROM moved_tiers UNION ALL FROM moved_edges)
