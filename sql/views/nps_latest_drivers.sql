-- nps.latest_drivers: the newest period of each grain, stage and language.
-- columns: nps.drivers
CREATE OR REPLACE VIEW nps.latest_drivers AS
FROM nps.drivers
WHERE (grain, stage, language, period_end) IN (
    SELECT grain, stage, language, max(period_end) FROM nps.drivers GROUP BY ALL
);
COMMENT ON VIEW nps.latest_drivers IS 'The topics of the newest period of every grain, stage and language of nps.drivers, the open one included (is_complete tells). One row per grain, stage, language and topic.';
