-- table: nps.by_period
-- blocking: no
-- Answers fell: the newest complete week has fewer than half of the median of the 12 weeks before it (a median of 20 or more).
WITH clock AS (
    -- The open week's first day; a week without an answer has no row of its own.
    SELECT date_trunc('week', CAST(max(as_of) AS DATE)) AS open_week FROM ops.computed WHERE table_name = 'nps.by_period'
),
weeks AS (
    SELECT CAST(open_week AS DATE) - 7 * CAST(n AS INTEGER) AS week, n FROM clock, range(1, 14) AS t(n)
),
answers AS (
    SELECT w.n, w.week, coalesce(p.responses, 0) AS responses
    FROM weeks AS w
    LEFT JOIN nps.by_period AS p ON p.grain = 'week' AND p.stage = 'all' AND p.period_start = w.week
)
SELECT max(week) AS week, any_value(responses) FILTER (n = 1) AS responses, median(responses) FILTER (n > 1) AS usual
FROM answers
HAVING usual >= 20 AND any_value(responses) FILTER (n = 1) < usual / 2
