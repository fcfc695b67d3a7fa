-- What each person in scope had bought when they placed an order, this one and others of the same instant included: one
-- row per order. purchases, first_date and last_date leave out full refunds, whose time refunded_later.sql minds. An
-- order whose money cannot be converted is a purchase all the same. One pass in the order of time: to join each order
-- with the earlier ones of its person takes thrice as long and grows with the square of a person's orders. Temporary
-- table: new_orders.
SELECT person_no, order_no, ordered_at,
    count(*) OVER earlier AS orders,
    count(*) FILTER (sold AND NOT is_refunded_in_full) OVER earlier AS purchases,
    min(order_date) FILTER (sold AND NOT is_refunded_in_full) OVER earlier AS first_date,
    max(order_date) FILTER (sold AND NOT is_refunded_in_full) OVER earlier AS last_date,
    arg_max(country, {'moment': ordered_at, 'id': order_id}) FILTER (country IS NOT NULL) OVER earlier AS country
FROM new_orders
WHERE person_no IS NOT NULL
WINDOW earlier AS (PARTITION BY person_no ORDER BY ordered_at RANGE UNBOUNDED PRECEDING)
