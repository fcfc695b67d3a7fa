-- nps.latest_by_period: the newest period of each grain and stage.
-- columns: nps.by_period
CREATE OR REPLACE VIEW nps.latest_by_period AS
FROM nps.by_period
WHERE (grain, stage, period_end) IN (
    SELECT grain, stage, max(period_end) FROM nps.by_period GROUP BY ALL
);
COMMENT ON VIEW nps.latest_by_period IS 'The newest period of every grain and stage of nps.by_period, the open one included (is_complete tells). One row per grain and stage.';
