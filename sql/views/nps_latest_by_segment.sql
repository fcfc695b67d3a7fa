-- nps.latest_by_segment: the newest period of each grain, stage and dimension.
-- columns: nps.by_segment
CREATE OR REPLACE VIEW nps.latest_by_segment AS
FROM nps.by_segment
WHERE (grain, stage, dimension, period_end) IN (
    SELECT grain, stage, dimension, max(period_end) FROM nps.by_segment GROUP BY ALL
);
COMMENT ON VIEW nps.latest_by_segment IS 'The segments of the newest period of every grain, stage and dimension of nps.by_segment, the open one included (is_complete tells). One row per grain, stage, dimension and segment.';
