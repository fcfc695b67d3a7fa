-- E-mail addresses (e:) and phone numbers (p:) under which many different names ordered, or many orders a day, with the
-- orders of core: one row per identity.
-- Five names are more than a household's, spellings apart; ten orders on each of two days are more than a customer's.
-- Temporary relation: suspect_orders. Distinct values are counted only where the plain count does not rule them out,
-- which takes a quarter of the time.
WITH frequent AS (
    SELECT identity FROM suspect_orders WHERE identity[:2] IN ('e:', 'p:') GROUP BY identity HAVING count(*) >= 20
),
full_days AS (
    SELECT identity, business_date(ordered_at) AS day
    FROM suspect_orders SEMI JOIN frequent USING (identity)
    GROUP BY ALL HAVING count(*) >= 10
),
busy AS (
    SELECT identity, count(*) AS days
    FROM (
        SELECT d.identity
        FROM suspect_orders AS o JOIN full_days AS d ON d.identity = o.identity AND d.day = business_date(o.ordered_at)
        GROUP BY d.identity, d.day HAVING count(DISTINCT published_id(o.source, o.order_id)) >= 10
    )
    GROUP BY identity HAVING count(*) >= 2
),
several_names AS (
    SELECT identity FROM suspect_orders WHERE identity[:2] IN ('e:', 'p:') AND customer_name IS NOT NULL
    GROUP BY identity HAVING count(*) >= 5 AND min(customer_name) <> max(customer_name)
),
many_spellings AS (
    SELECT identity FROM suspect_orders SEMI JOIN several_names USING (identity)
    GROUP BY identity HAVING count(DISTINCT customer_name) >= 5
),
named AS (
    SELECT identity, count(DISTINCT person_name(customer_name)) AS names
    FROM suspect_orders SEMI JOIN many_spellings USING (identity)
    GROUP BY identity HAVING count(DISTINCT person_name(customer_name)) >= 5
),
shared AS (
    SELECT identity, coalesce(names, 0) AS names, coalesce(days, 0) AS days FROM named FULL JOIN busy USING (identity)
),
ordered AS (
    SELECT DISTINCT identity, published_id(source, order_id) AS order_id
    FROM suspect_orders SEMI JOIN shared USING (identity)
)
SELECT s.identity, min(o.customer_id) AS customer_id, count(*) AS records, sum(o.net) AS money, min(o.order_id) AS example,
    concat_ws(' and ',
        CASE WHEN any_value(s.names) > 0 THEN any_value(s.names) || ' different names' END,
        CASE WHEN any_value(s.days) > 0 THEN any_value(s.days) || ' days of 10 or more orders' END) AS shown
FROM shared AS s
JOIN ordered AS r USING (identity)
JOIN core.orders AS o USING (order_id)
GROUP BY s.identity
