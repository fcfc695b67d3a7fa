-- table: loop.actions
-- blocking: yes
-- each: month
-- A topic's effect on the score is its impact times the share of the answers that have a comment.
SELECT a.month, a.rank, a.segment
FROM loop.actions AS a
LEFT JOIN nps.drivers AS d ON d.month = a.month AND d.grain = 'trailing_365d' AND d.stage = 'all'
    AND d.language = 'all' AND d.topic = a.segment
LEFT JOIN nps.by_period AS p ON p.month = a.month AND p.grain = 'trailing_365d' AND p.stage = 'all'
WHERE a.dimension = 'topic' AND (d.month IS NULL OR a.responses <> d.mentions
    OR NOT abs(a.score_effect + d.impact * d.responses / p.responses) < 1e-9)
