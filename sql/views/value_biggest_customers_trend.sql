-- value.biggest_customers_trend: the score of the biggest customers now and a year before.
CREATE OR REPLACE VIEW value.biggest_customers_trend AS
SELECT n.month, n.tier, n.customers, n.share_of_revenue, n.surveyed, n.nps, n.nps_low, n.nps_high,
    b.surveyed AS surveyed_before, b.nps AS nps_before, b.nps_low AS nps_before_low, b.nps_high AS nps_before_high,
    n.nps - b.nps AS change
FROM value.biggest_customers AS n
LEFT JOIN value.biggest_customers AS b ON b.tier = n.tier AND b.month = n.month - INTERVAL 1 YEAR;
COMMENT ON VIEW value.biggest_customers_trend IS 'value.biggest_customers beside itself a year before, as told then. Where the two intervals overlap widely, call it no change.';
