-- nps.latest_coverage: the newest period of each grain.
-- columns: nps.coverage
CREATE OR REPLACE VIEW nps.latest_coverage AS
FROM nps.coverage
WHERE (grain, period_end) IN (
    SELECT grain, max(period_end) FROM nps.coverage GROUP BY ALL
);
COMMENT ON VIEW nps.latest_coverage IS 'nps.coverage of the newest period of every grain, the open one included. One row per grain, dimension and segment.';
