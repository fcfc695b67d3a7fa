-- table: core.orders
-- blocking: yes
-- each: order_id
-- order_date is the day of ordered_at in the business zone, and days_late counts days of that zone.
SELECT order_id, ordered_at, order_date, days_late FROM core.orders
WHERE order_date <> CAST(ordered_at AS DATE)
    OR days_late IS DISTINCT FROM CAST(delivered_at AS DATE) - CAST(promised_at AS DATE)
