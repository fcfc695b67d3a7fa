-- value.latest_at_risk: the newest month.
-- columns: value.at_risk
CREATE OR REPLACE VIEW value.latest_at_risk AS
FROM value.at_risk
WHERE month = (SELECT max(month) FROM value.at_risk);
COMMENT ON VIEW value.latest_at_risk IS 'value.at_risk of the newest month, as of the clock. One row per category.';
