-- table: nps.by_segment
-- blocking: no
-- A segment is newly below the rest: significantly so in the newest complete month and not in the month before. In a year without real changes, 19 of 20 shops see no such warning.
WITH months AS (
    SELECT DISTINCT period_start FROM nps.by_segment
    WHERE grain = 'month' AND stage = 'all' AND is_complete ORDER BY period_start DESC LIMIT 2
),
standing AS (
    -- adjusted_p_value allows for the segments of one dimension; the factors allow for dimensions and for 12 months.
    SELECT s.*, 12 * count(DISTINCT dimension) OVER (PARTITION BY period_start) AS looks
    FROM nps.by_segment AS s SEMI JOIN months USING (period_start)
    WHERE s.grain = 'month' AND s.stage = 'all'
)
SELECT n.period_start, n.dimension, n.segment, n.responses, round(n.difference, 1) AS difference
FROM standing AS n
LEFT JOIN standing AS b ON b.period_start < n.period_start AND b.dimension = n.dimension AND b.segment = n.segment
WHERE n.period_start = (SELECT max(period_start) FROM months) AND (SELECT count(*) FROM months) = 2
    AND n.differs_from_rest AND n.difference < 0 AND n.is_reliable AND n.adjusted_p_value * n.looks < 0.05
    AND NOT coalesce(b.differs_from_rest AND b.difference < 0, false)
