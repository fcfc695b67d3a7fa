-- table: loop.actions
-- blocking: yes
-- each: month
-- A segment's effect on the score is its difference to the rest times its share of the answers.
SELECT a.month, a.rank, a.dimension, a.segment
FROM loop.actions AS a
LEFT JOIN nps.by_segment AS s ON s.month = a.month AND s.grain = 'trailing_365d' AND s.stage = 'all'
    AND s.dimension = a.dimension AND s.segment = a.segment
WHERE a.dimension <> 'topic' AND (s.month IS NULL OR a.responses <> s.responses
    OR NOT abs(a.score_effect + s.difference * s.responses / (s.responses + s.rest_responses)) < 1e-9)
