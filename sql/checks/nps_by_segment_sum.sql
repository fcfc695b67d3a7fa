-- table: nps.by_segment
-- blocking: yes
-- each: month
-- The segments of a dimension sum to the answers of the window.
SELECT s.grain, s.period_start, s.stage, s.dimension, sum(s.responses) AS segments, any_value(p.responses) AS answers
FROM nps.by_segment AS s LEFT JOIN nps.by_period AS p USING (grain, period_start, stage)
GROUP BY ALL HAVING sum(s.responses) IS DISTINCT FROM any_value(p.responses)
    OR sum(s.promoters) IS DISTINCT FROM any_value(p.promoters)
    OR sum(s.detractors) IS DISTINCT FROM any_value(p.detractors)
UNION ALL
SELECT grain, period_start, stage, NULL, 0, responses
FROM nps.by_period ANTI JOIN nps.by_segment USING (grain, period_start, stage)
WHERE grain NOT IN ('week', 'auto')
