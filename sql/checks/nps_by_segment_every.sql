-- table: nps.by_segment
-- blocking: yes
-- each: month
-- Every answer of a segment is one of the window's: the segments of a dimension have at most as many as nps.by_period, and at least those counted.
SELECT s.grain, s.period_start, s.stage, s.dimension, sum(s.every_responses) AS segments,
    any_value(p.every_responses) AS answers
FROM nps.by_segment AS s LEFT JOIN nps.by_period AS p USING (grain, period_start, stage)
GROUP BY ALL
HAVING sum(s.every_responses) > any_value(p.every_responses) OR bool_or(s.every_responses < s.responses)
    OR NOT bool_and(coalesce(s.every_nps BETWEEN -100 AND 100, false))
