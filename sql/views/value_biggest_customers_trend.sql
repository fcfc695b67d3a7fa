-- value.biggest_customers_trend: the score of the biggest customers now and a year before.
CREATE OR REPLACE VIEW value.biggest_customers_trend AS
SELECT n.month, n.tier, n.customers, n.share_of_revenue, n.surveyed, n.nps, n.nps_low, n.nps_high,
    b.surveyed AS surveyed_before, b.nps AS nps_before, b.nps_low AS nps_before_low, b.nps_high AS nps_before_high,
    n.nps - b.nps AS change
FROM value.biggest_customers AS n
LEFT JOIN value.biggest_customers AS b ON b.tier = n.tier AND b.month = n.month - INTERVAL 1 YEAR;
COMMENT ON VIEW value.biggest_customers_trend IS 'value.biggest_customers beside itself a year before, as told then. Where the two intervals overlap widely, call it no change.';
COMMENT ON COLUMN value.biggest_customers_trend.month IS 'Month (first day).';
COMMENT ON COLUMN value.biggest_customers_trend.tier IS 'top_100, top_decile or all, see value.biggest_customers.';
COMMENT ON COLUMN value.biggest_customers_trend.customers IS 'Customers of the tier.';
COMMENT ON COLUMN value.biggest_customers_trend.share_of_revenue IS 'Their share of the years revenue, 0..1.';
COMMENT ON COLUMN value.biggest_customers_trend.surveyed IS 'Of them, those who had answered.';
COMMENT ON COLUMN value.biggest_customers_trend.nps IS 'Score of their latest answers, points.';
COMMENT ON COLUMN value.biggest_customers_trend.nps_low IS 'Lower end of its interval.';
COMMENT ON COLUMN value.biggest_customers_trend.nps_high IS 'Upper end of its interval.';
COMMENT ON COLUMN value.biggest_customers_trend.surveyed_before IS 'Those surveyed a year before.';
COMMENT ON COLUMN value.biggest_customers_trend.nps_before IS 'Score of the tier a year before, of the customers who were in it then.';
COMMENT ON COLUMN value.biggest_customers_trend.nps_before_low IS 'Lower end of its interval.';
COMMENT ON COLUMN value.biggest_customers_trend.nps_before_high IS 'Upper end of its interval.';
COMMENT ON COLUMN value.biggest_customers_trend.change IS 'nps less nps_before.';
