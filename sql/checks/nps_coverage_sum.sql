-- table: nps.coverage
-- blocking: yes
-- each: month
-- The segments of a dimension sum to everybody.
SELECT grain, period_start, s.dimension, sum(s.buyers) AS segments, any_value(a.buyers) AS everybody
FROM nps.coverage AS s LEFT JOIN (
    SELECT grain, period_start, orders, orders_without_customer, buyers, invited, delivered, responded
    FROM nps.coverage WHERE dimension = 'all'
) AS a USING (grain, period_start)
GROUP BY ALL HAVING sum(s.buyers) IS DISTINCT FROM any_value(a.buyers)
    OR sum(s.orders) IS DISTINCT FROM any_value(a.orders)
    OR sum(s.orders_without_customer) IS DISTINCT FROM any_value(a.orders_without_customer)
    OR sum(s.invited) IS DISTINCT FROM any_value(a.invited)
    OR sum(s.delivered) IS DISTINCT FROM any_value(a.delivered)
    OR sum(s.responded) IS DISTINCT FROM any_value(a.responded)
