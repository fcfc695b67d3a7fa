-- Answers that wait for somebody to write back, and those written to.
WITH queue AS (
    SELECT category, status, count(*) AS answers, count(*) FILTER (is_urgent) AS urgent, min(due_at) AS first_due_at,
        sum(value_at_risk) AS value_at_risk
    FROM loop.latest_follow_ups
    GROUP BY ALL
)
FROM queue
ORDER BY list_position(['detractor', 'passive', 'promoter'], category), status;
