-- value.latest_by_category: the newest month.
-- columns: value.by_category
CREATE OR REPLACE VIEW value.latest_by_category AS
FROM value.by_category
WHERE month = (SELECT max(month) FROM value.by_category);
COMMENT ON VIEW value.latest_by_category IS 'value.by_category of the newest month, as of the clock. One row per category.';
