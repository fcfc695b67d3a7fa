-- value.latest_promoter_value: the newest month.
-- columns: value.promoter_value
CREATE OR REPLACE VIEW value.latest_promoter_value AS
FROM value.promoter_value
WHERE month = (SELECT max(month) FROM value.promoter_value);
COMMENT ON VIEW value.latest_promoter_value IS 'value.promoter_value of the newest month, as of the clock. One row per category.';
