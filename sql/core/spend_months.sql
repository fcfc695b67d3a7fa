-- The months of answers whose spend tiers may have moved: all of them, or those that reach back to a changed order and
-- those without tiers. Session: is_whole. Temporary table: changed_order_days.
SELECT month
FROM (SELECT DISTINCT month_start(response_date) AS month FROM core.responses)
WHERE getvariable('is_whole')
    OR EXISTS (SELECT 1 FROM changed_order_days AS d WHERE d.order_date < month AND d.order_date >= month - 365)
    OR month NOT IN (SELECT month FROM core.spend_tiers)
