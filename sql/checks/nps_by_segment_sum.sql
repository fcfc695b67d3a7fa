-- table: nps.by_segment
-- blocking: yes
-- The segments of a dimension sum to the answers of the window.
SELECT s.grain, s.period_start, s.stage, s.dimension, sum(s.responses) AS segments, any_value(p.responses) AS window_responses
FROM nps.by_segment AS s JOIN nps.by_period AS p USING (grain, period_start, stage)
GROUP BY ALL HAVING sum(s.responses) <> any_value(p.responses)
