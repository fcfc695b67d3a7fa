-- Which customers are we winning and losing?
-- Groups are relative, so sizes hardly change: read who came and who went. A group whose `departed` go to lapsing or lost takes
-- its `share_of_revenue` along.
SELECT rfm_group, customers, round(100 * share_of_revenue, 1) AS percent_of_revenue, round(pooled_nps, 1) AS nps,
    stayed, new_customers, most_from, most_from_customers, departed, most_to, most_to_customers
FROM value.rfm_now
ORDER BY percent_of_revenue DESC NULLS LAST, rfm_group;
