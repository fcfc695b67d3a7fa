-- value.biggest_customers_trend: the score of the biggest customers, now and a year before.
CREATE OR REPLACE VIEW value.biggest_customers_trend AS
SELECT n.month, n.tier, n.customers, n.share_of_revenue, n.surveyed, n.nps, n.nps_low, n.nps_high,
    b.surveyed AS surveyed_before, b.nps AS nps_before, b.nps_low AS nps_before_low, b.nps_high AS nps_before_high,
    n.nps - b.nps AS change, n.is_reliable, n.is_reliable AND b.is_reliable AS is_change_reliable
FROM value.biggest_customers AS n
LEFT JOIN value.biggest_customers AS b ON b.tier = n.tier AND b.month = n.month - INTERVAL 1 YEAR;
COMMENT ON VIEW value.biggest_customers_trend IS 'value.biggest_customers beside its figures of a year before, as computed then. One row per month and tier. Where the two intervals overlap widely, the score has not changed as far as the answers can tell.';
COMMENT ON COLUMN value.biggest_customers_trend.month IS 'First day of the month.';
COMMENT ON COLUMN value.biggest_customers_trend.tier IS 'top_100, top_decile or all, see value.biggest_customers.';
COMMENT ON COLUMN value.biggest_customers_trend.customers IS 'Customers of the tier.';
COMMENT ON COLUMN value.biggest_customers_trend.share_of_revenue IS 'Fraction of the year''s revenue of all identified customers, 0..1.';
COMMENT ON COLUMN value.biggest_customers_trend.surveyed IS 'Customers of the tier who had answered.';
COMMENT ON COLUMN value.biggest_customers_trend.nps IS 'Score of their latest answers, in points.';
COMMENT ON COLUMN value.biggest_customers_trend.nps_low IS 'Lower end of the confidence interval of nps.';
COMMENT ON COLUMN value.biggest_customers_trend.nps_high IS 'Upper end of the confidence interval of nps.';
COMMENT ON COLUMN value.biggest_customers_trend.surveyed_before IS 'Surveyed customers of the tier a year before; NULL without that month.';
COMMENT ON COLUMN value.biggest_customers_trend.nps_before IS 'Score of the tier a year before, of the customers in it then; NULL without that month.';
COMMENT ON COLUMN value.biggest_customers_trend.nps_before_low IS 'Lower end of the confidence interval of nps_before.';
COMMENT ON COLUMN value.biggest_customers_trend.nps_before_high IS 'Upper end of the confidence interval of nps_before.';
COMMENT ON COLUMN value.biggest_customers_trend.is_reliable IS 'Whether nps may be read as a score, see value.biggest_customers.is_reliable.';
COMMENT ON COLUMN value.biggest_customers_trend.is_change_reliable IS 'Whether nps and nps_before both may; NULL without that month.';
COMMENT ON COLUMN value.biggest_customers_trend.change IS 'nps - nps_before, in points.';
