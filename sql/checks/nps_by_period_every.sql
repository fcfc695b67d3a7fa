-- table: nps.by_period
-- blocking: yes
-- Every answer counts once: those of a quarter's or year's months sum to its own, in number and in points; no window counts more answers than were given in it. Months waiting to be recomputed are left out.
WITH months AS (
    SELECT CAST(month AS DATE) AS month, bool_or(is_ready) AS is_ready FROM (
        SELECT DISTINCT date_trunc('month', response_date) AS month, false AS is_ready FROM core.responses
        UNION ALL
        SELECT p.month, CAST(c.month + INTERVAL 1 MONTH AS TIMESTAMPTZ) <= c.as_of
        FROM nps.by_period AS p JOIN ops.computed AS c ON c.table_name = 'nps.by_period' AND c.month = p.month
        WHERE p.grain = 'month' AND p.stage = 'all' AND NOT EXISTS (
            FROM ops.changes AS x WHERE x.kind = 'core.responses' AND x.change_id > c.change_id AND x.from_month <= c.month)
    ) GROUP BY ALL
),
long AS (
    SELECT p.grain, p.period_start, p.period_end, p.stage, p.every_responses, p.every_responses * p.every_nps AS points
    FROM nps.by_period AS p
    WHERE p.grain IN ('quarter', 'year') AND p.is_complete AND NOT EXISTS (
        FROM months AS m WHERE m.month >= p.period_start AND m.month < p.period_end AND NOT m.is_ready)
)
SELECT l.grain, l.period_start, l.stage, any_value(l.every_responses) AS every_responses, sum(m.every_responses) AS of_months
FROM long AS l JOIN nps.by_period AS m
    ON m.grain = 'month' AND m.stage = l.stage AND m.period_start >= l.period_start AND m.period_start < l.period_end
GROUP BY l.grain, l.period_start, l.stage
HAVING sum(m.every_responses) <> any_value(l.every_responses)
    OR abs(sum(m.every_responses * m.every_nps) - any_value(l.points)) > 1e-6
UNION ALL
SELECT grain, period_start, stage, every_responses, responses FROM nps.by_period
WHERE every_responses < responses OR NOT coalesce(every_nps BETWEEN -100 AND 100, false)
