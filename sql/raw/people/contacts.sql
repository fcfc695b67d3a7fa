-- The address by which each person was seen last, and the name that the newest account, else the newest order gives.
-- Temporary table: wanted_identities (customer_id, identity).
WITH several AS (
    SELECT customer_id FROM wanted_identities WHERE starts_with(identity, 'e:') GROUP BY customer_id HAVING count(*) > 1
),
candidates AS (
    SELECT identity FROM wanted_identities SEMI JOIN several USING (customer_id) WHERE starts_with(identity, 'e:')
),
seen AS (
    SELECT identity, max(seen_at) AS seen_at
    FROM (
        SELECT identity, ordered_at AS seen_at FROM vault.raw.orders
        UNION ALL SELECT identity, responded_at FROM vault.raw.responses
        UNION ALL SELECT identity, invited_at FROM vault.raw.invitations
        UNION ALL SELECT identity, coalesce(updated_at, registered_at) FROM vault.raw.customers
    )
    SEMI JOIN candidates USING (identity)
    GROUP BY identity
),
addresses AS (
    SELECT w.customer_id, arg_max(w.identity[3:], {
        'seen_at': coalesce(s.seen_at, TIMESTAMPTZ '1970-01-01 00:00:00+00'), 'identity': w.identity
    }) AS email
    FROM wanted_identities AS w
    LEFT JOIN seen AS s USING (identity)
    WHERE starts_with(w.identity, 'e:')
    GROUP BY w.customer_id
),
accounts AS (
    SELECT w.customer_id, arg_max(c.customer_name, {
        'updated_at': coalesce(c.updated_at, TIMESTAMPTZ '1970-01-01 00:00:00+00'),
        'file_event_at': coalesce(c.file_event_at, TIMESTAMPTZ '1970-01-01 00:00:00+00'),
        'file_id': c.file_id,
        'row_number': c.row_number
    }) AS name
    FROM vault.raw.customers AS c
    JOIN wanted_identities AS w USING (identity)
    WHERE trim(c.customer_name) <> ''
    GROUP BY w.customer_id
),
orders AS (
    SELECT w.customer_id, arg_max(o.customer_name, {
        'ordered_at': o.ordered_at, 'order_id': o.order_id, 'file_id': o.file_id, 'row_number': o.row_number
    }) AS name
    FROM vault.raw.orders AS o
    JOIN wanted_identities AS w USING (identity)
    WHERE trim(o.customer_name) <> ''
    GROUP BY w.customer_id
)
SELECT w.customer_id, e.email, trim(coalesce(a.name, o.name)) AS name
FROM (SELECT DISTINCT customer_id FROM wanted_identities) AS w
LEFT JOIN addresses AS e USING (customer_id)
LEFT JOIN accounts AS a USING (customer_id)
LEFT JOIN orders AS o USING (customer_id)
