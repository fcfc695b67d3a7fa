-- An e-mail address under which many different names ordered, or many orders a day: it is hardly one customer's.
-- Five names are more than a household's, spellings apart; ten orders on each of three days are more than a customer's.
WITH kept AS (
    SELECT identity FROM vault.raw.orders WHERE starts_with(identity, 'e:') GROUP BY identity HAVING count(*) >= 5
),
ordered AS (
    SELECT r.identity, published_id(r.source, r.order_id) AS order_id, person_name(r.customer_name) AS name
    FROM vault.raw.orders AS r SEMI JOIN kept USING (identity)
),
days AS (
    SELECT identity, count(*) AS busy_days FROM (
        SELECT r.identity, o.order_date
        FROM ordered AS r JOIN core.orders AS o USING (order_id)
        GROUP BY r.identity, o.order_date HAVING count(DISTINCT order_id) >= 10
    ) GROUP BY identity
),
names AS (
    SELECT identity, count(DISTINCT name) AS names FROM ordered GROUP BY identity
),
shared AS (
    SELECT n.identity, n.names, coalesce(d.busy_days, 0) AS busy_days
    FROM names AS n LEFT JOIN days AS d USING (identity)
    WHERE n.names >= 5 OR d.busy_days >= 3
)
SELECT CAST(NULL AS VARCHAR) AS file_id, 'orders' AS kind, 'customer ' || any_value(o.customer_id) AS subject,
    count(*) AS records, sum(o.net) AS money, min(o.order_id) AS example,
    'one e-mail address has ' || any_value(s.names) || ' different names and ' || any_value(s.busy_days)
        || ' days of 10 or more orders: if it is a marketplace''s or the shop''s own, name it in NORTHSTAR_SHARED_ADDRESSES.' AS advice
FROM shared AS s
JOIN (SELECT DISTINCT identity, order_id FROM ordered) AS r USING (identity)
JOIN core.orders AS o USING (order_id)
GROUP BY s.identity
