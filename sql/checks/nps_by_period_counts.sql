-- table: nps.by_period
-- blocking: yes
-- each: month
-- Promoters, passives and detractors sum to responses, and the stages sum to all (except in auto windows, whose length differs by stage).
SELECT grain, period_start, stage, responses FROM nps.by_period
WHERE promoters + passives + detractors <> responses OR responses < 1
UNION ALL
SELECT grain, period_start, 'all', sum(responses) FROM nps.by_period WHERE grain <> 'auto' GROUP BY grain, period_start
HAVING sum(promoters) FILTER (stage = 'all') IS DISTINCT FROM sum(promoters) FILTER (stage <> 'all')
    OR sum(passives) FILTER (stage = 'all') IS DISTINCT FROM sum(passives) FILTER (stage <> 'all')
    OR sum(detractors) FILTER (stage = 'all') IS DISTINCT FROM sum(detractors) FILTER (stage <> 'all')
