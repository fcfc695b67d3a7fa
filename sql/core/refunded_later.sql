-- Purchases that were refunded in full later: until then they were purchases. One row per 30 days between the two, so
-- that a moment meets the few that were standing in its own 30 days. Temporary table: new_orders.
SELECT person_no, order_date, ordered_at, refunded_at,
    unnest(range(days_30(ordered_at), days_30(least(refunded_at, TIMESTAMPTZ '2100-01-01 00:00:00+00')) + 1)) AS days_30
FROM new_orders
WHERE person_no IS NOT NULL AND sold AND is_refunded_in_full AND refunded_at > ordered_at
