-- table: loop.service_levels
-- blocking: yes
-- each: month
-- Who waits at the end of a month is in its queue, for the months whose queue is kept.
WITH queue AS (
    SELECT month, category, count(*) AS waiting, count(*) FILTER (status = 'overdue') AS overdue
    FROM loop.follow_ups
    WHERE status IN ('open', 'overdue') AND customer_id IS NOT NULL
    GROUP BY ALL
)
SELECT coalesce(s.month, q.month) AS month, coalesce(s.category, q.category) AS category, open_at_end, waiting
FROM (SELECT * FROM loop.service_levels WHERE month IN (SELECT month FROM loop.follow_ups)) AS s
FULL JOIN queue AS q ON q.month = s.month AND q.category = s.category
WHERE coalesce(open_at_end, 0) <> coalesce(waiting, 0) OR coalesce(overdue_at_end, 0) <> coalesce(overdue, 0)
