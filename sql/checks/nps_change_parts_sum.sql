-- table: nps.change_parts
-- blocking: yes
-- each: month
-- The parts of a dimension's segments sum to the change of the window, and every change is split.
SELECT c.grain, c.period_start, c.dimension, sum(c.mix_effect + c.score_effect) AS parts, any_value(p.change) AS change
FROM nps.change_parts AS c
LEFT JOIN nps.by_period AS p ON p.grain = c.grain AND p.period_start = c.period_start AND p.stage = 'all'
GROUP BY ALL
HAVING NOT coalesce(abs(sum(c.mix_effect + c.score_effect) - any_value(p.change)) < 1e-9, false)
UNION ALL
SELECT grain, period_start, NULL, 0, change FROM nps.by_period ANTI JOIN nps.change_parts USING (grain, period_start)
WHERE stage = 'all' AND change IS NOT NULL AND grain NOT IN ('week', 'auto')
