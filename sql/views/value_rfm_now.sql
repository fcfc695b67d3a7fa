-- value.rfm_now: the groups of customers now, and where they came from.
CREATE OR REPLACE VIEW value.rfm_now AS
WITH newest AS (SELECT max(month) AS month FROM value.rfm),
groups AS (FROM value.rfm WHERE recency_quintile IS NULL AND month = (SELECT month FROM newest)),
moves AS (FROM value.rfm_moves WHERE month = (SELECT month FROM newest)),
arrived AS (
    SELECT to_group AS rfm_group, sum(customers) FILTER (from_group = to_group) AS stayed,
        sum(customers) FILTER (from_group = 'new') AS new_customers,
        sum(customers) FILTER (from_group = 'lapsed') AS came_back,
        arg_max(from_group, (customers, from_group)) FILTER (from_group NOT IN (to_group, 'new', 'lapsed')) AS most_from,
        max(customers) FILTER (from_group NOT IN (to_group, 'new', 'lapsed')) AS most_from_customers
    FROM moves WHERE to_group <> 'lapsed' GROUP BY ALL
),
departed AS (
    SELECT from_group AS rfm_group, sum(customers) AS departed,
        arg_max(to_group, (customers, to_group)) AS most_to, max(customers) AS most_to_customers
    FROM moves WHERE from_group <> to_group GROUP BY ALL
)
SELECT g.month, g.rfm_group, g.customers, g.revenue, g.revenue / nullif(sum(g.revenue) OVER (), 0) AS share_of_revenue,
    g.pooled_nps, g.pooled_low, g.pooled_high, g.is_reliable, g.churn_probability,
    coalesce(a.stayed, 0) AS stayed, coalesce(a.new_customers, 0) AS new_customers, coalesce(a.came_back, 0) AS came_back,
    a.most_from, a.most_from_customers, coalesce(d.departed, 0) AS departed, d.most_to, d.most_to_customers
FROM groups AS g
LEFT JOIN arrived AS a USING (rfm_group)
LEFT JOIN departed AS d USING (rfm_group)
ORDER BY g.revenue DESC, g.rfm_group;
COMMENT ON VIEW value.rfm_now IS 'The groups of value.rfm in the newest month, as of the clock, with where their customers were a month before and where those of a month before went. One row per group. Groups are relative, so their sizes hardly change: look at who moves, and at the money that moves with them.';
COMMENT ON COLUMN value.rfm_now.month IS 'First day of the newest month.';
COMMENT ON COLUMN value.rfm_now.rfm_group IS 'See value.rfm.rfm_group.';
COMMENT ON COLUMN value.rfm_now.customers IS 'Customers in the group now.';
COMMENT ON COLUMN value.rfm_now.revenue IS 'Their net revenue of the last 365 days.';
COMMENT ON COLUMN value.rfm_now.share_of_revenue IS 'Share of the revenue of all groups; NULL where there is none.';
COMMENT ON COLUMN value.rfm_now.pooled_nps IS 'See value.rfm.pooled_nps.';
COMMENT ON COLUMN value.rfm_now.pooled_low IS 'Lower end of the interval of pooled_nps, points.';
COMMENT ON COLUMN value.rfm_now.pooled_high IS 'Upper end of the interval of pooled_nps, points.';
COMMENT ON COLUMN value.rfm_now.is_reliable IS 'See value.rfm.is_reliable.';
COMMENT ON COLUMN value.rfm_now.churn_probability IS 'See value.rfm.churn_probability.';
COMMENT ON COLUMN value.rfm_now.stayed IS 'Customers who were in the group a month before too.';
COMMENT ON COLUMN value.rfm_now.new_customers IS 'Customers whose first order fell in the month.';
COMMENT ON COLUMN value.rfm_now.came_back IS 'Customers who had not ordered for a year a month before.';
COMMENT ON COLUMN value.rfm_now.most_from IS 'The other group that most of the rest came from; NULL if nobody did.';
COMMENT ON COLUMN value.rfm_now.most_from_customers IS 'How many came from it.';
COMMENT ON COLUMN value.rfm_now.departed IS 'Customers of the group of a month before who are in it no longer.';
COMMENT ON COLUMN value.rfm_now.most_to IS 'Where most of them are now: a group, or lapsed (no order for a year).';
COMMENT ON COLUMN value.rfm_now.most_to_customers IS 'How many are there.';
