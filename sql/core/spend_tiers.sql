-- core.spend_tiers for the months in spend_months: the revenue in the 365 days before the month from which a customer
-- is in the top decile of those with an order that counted by then (the first of ten, the second of eleven). Temporary
-- tables: spend_months, standings, kept_tiers.
SELECT month, count(*) AS customers, -quantile_disc(-revenue, 0.1) AS top_decile_from
FROM standings
WHERE month IN (FROM spend_months)
GROUP BY month
UNION ALL
FROM kept_tiers
