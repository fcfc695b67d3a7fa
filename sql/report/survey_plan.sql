-- Whom to ask next, and why others are not asked.
WITH plan AS (
    SELECT stage, coalesce(suppressed_by, 'to_ask') AS suppressed_by, count(*) AS customers, min(due_date) AS first_due_date
    FROM loop.latest_survey_plan
    GROUP BY ALL
)
FROM plan
ORDER BY suppressed_by <> 'to_ask', customers DESC, stage, suppressed_by;
