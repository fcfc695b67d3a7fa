-- table: nps.by_period
-- blocking: yes
-- Every closed month with answers has a row that counts all of them, or the latest of each respondent and stage (NORTHSTAR_COUNTING); months waiting to be recomputed are left out.
WITH computed AS (
    SELECT DISTINCT c.month, CAST(c.month + INTERVAL 1 MONTH AS DATE) AS month_end FROM ops.computed AS c
    WHERE c.table_name = 'nps.by_period' AND CAST(c.month + INTERVAL 1 MONTH AS TIMESTAMPTZ) <= c.as_of
        AND NOT EXISTS (FROM ops.changes AS x WHERE x.kind = 'core.responses' AND x.change_id > c.change_id AND x.from_month <= c.month)
),
answered AS (
    SELECT c.month, count(*) AS answers,
        count(*) FILTER (r.next_response_at IS NULL OR CAST(r.next_response_at AS DATE) >= c.month_end) AS latest
    FROM computed AS c JOIN core.responses AS r ON r.response_date >= c.month AND r.response_date < c.month_end
    GROUP BY c.month
)
SELECT month, a.answers, a.latest, p.responses
FROM answered AS a FULL JOIN (
    SELECT month, responses FROM nps.by_period SEMI JOIN computed USING (month) WHERE grain = 'month' AND stage = 'all'
) AS p USING (month)
WHERE p.responses IS NULL OR a.answers IS NULL OR p.responses NOT IN (a.answers, a.latest)
