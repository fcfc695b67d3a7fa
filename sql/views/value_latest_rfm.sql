-- value.latest_rfm: the newest month.
-- columns: value.rfm
CREATE OR REPLACE VIEW value.latest_rfm AS
FROM value.rfm
WHERE month = (SELECT max(month) FROM value.rfm);
COMMENT ON VIEW value.latest_rfm IS 'value.rfm of the newest month, as of the clock. Rows as in value.rfm.';
