-- The months of answers whose spend tiers are computed: all of them, or those without tiers and those that a changed
-- order reaches, unless kept_tiers.sql knows them. Session: is_whole. Temporary tables: moved_spending, kept_tiers.
SELECT month
FROM (SELECT DISTINCT month_start(response_date) AS month FROM core.responses)
WHERE getvariable('is_whole')
    OR month NOT IN (SELECT month FROM core.spend_tiers)
    OR (
        EXISTS (SELECT 1 FROM moved_spending AS s WHERE s.order_date < month AND s.order_date >= month - 365)
        AND month NOT IN (SELECT month FROM kept_tiers)
    )
