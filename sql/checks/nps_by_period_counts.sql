-- table: nps.by_period
-- blocking: yes
-- Promoters, passives and detractors sum to responses, and the stages to all.
SELECT grain, period_start, stage, responses FROM nps.by_period WHERE promoters + passives + detractors <> responses
UNION ALL
SELECT grain, period_start, 'all', sum(responses) FROM nps.by_period GROUP BY grain, period_start
HAVING sum(responses) FILTER (stage = 'all') IS DISTINCT FROM sum(responses) FILTER (stage <> 'all')
