-- table: nps.delivery_gap
-- blocking: yes
-- each: month
-- Everybody's answers before and after delivery are those of nps.by_period.
SELECT grain, period_start, g.pre_responses, g.post_responses, a.before, a.after FROM nps.delivery_gap AS g
LEFT JOIN (
    SELECT grain, period_start, coalesce(sum(responses) FILTER (stage = 'pre_delivery'), 0) AS before,
        coalesce(sum(responses) FILTER (stage = 'post_delivery'), 0) AS after
    FROM nps.by_period GROUP BY ALL
) AS a USING (grain, period_start)
WHERE g.dimension = 'all' AND (g.pre_responses IS DISTINCT FROM a.before OR g.post_responses IS DISTINCT FROM a.after)
