-- core.customers for the people in scope.
-- One column more than the table has: the number of the person. Temporary tables: persons, people, accounts, new_orders, new_responses, new_referrals.
WITH account AS (
    SELECT customer_id, min(registered_at) AS registered_at,
        arg_max(country, version) FILTER (country IS NOT NULL) AS country
    FROM accounts GROUP BY customer_id
),
attributes AS (
    SELECT customer_id, map_from_entries(list({'k': name, 'v': value} ORDER BY name)) AS attributes
    FROM (
        SELECT customer_id, attribute.name AS name, arg_max(attribute.value, version) AS value
        FROM (SELECT customer_id, version, unnest(attributes) AS attribute FROM accounts)
        WHERE attribute.value IS NOT NULL GROUP BY ALL
    )
    GROUP BY customer_id
),
bought AS (
    SELECT person_no, min(ordered_at) FILTER (counts) AS first_order_at,
        min(order_date) FILTER (counts) AS first_order_date, min(ordered_at) AS seen_at,
        arg_max(country, {'moment': ordered_at, 'id': order_id}) FILTER (country IS NOT NULL) AS country,
        min(ordered_at) FILTER (is_guest = false) AS registered_by
    FROM new_orders WHERE person_no IS NOT NULL GROUP BY person_no
),
answered AS (
    SELECT customer_id, min(responded_at) AS seen_at FROM new_responses WHERE customer_id IS NOT NULL
    GROUP BY customer_id
),
referred AS (
    SELECT friend_id AS customer_id, min(advocate_id) AS referred_by, min(referred_at) AS seen_at
    FROM new_referrals WHERE is_credited GROUP BY friend_id
),
addressed AS (SELECT DISTINCT person_no FROM people WHERE starts_with(identity, 'e:'))
SELECT
    s.customer_id,
    s.rowid AS person_no,
    CASE WHEN a.customer_id IS NOT NULL OR b.registered_by IS NOT NULL THEN 'registered'
        WHEN b.person_no IS NOT NULL THEN 'guest' ELSE 'prospect' END AS account_type,
    coalesce(a.country, b.country) AS country,
    -- An account without a date may be older than the first order made with it, so its date stays NULL.
    CASE WHEN a.customer_id IS NULL THEN b.registered_by
        WHEN a.registered_at IS NOT NULL THEN least(a.registered_at, b.registered_by) END AS registered_at,
    b.first_order_at,
    least(a.registered_at, b.seen_at, r.seen_at, f.seen_at) AS first_seen_at,
    f.referred_by,
    month_start(b.first_order_date) AS cohort_month,
    coalesce(t.attributes, MAP {}) AS attributes,
    e.person_no IS NOT NULL AS has_email
FROM persons AS s
LEFT JOIN account AS a USING (customer_id)
LEFT JOIN attributes AS t USING (customer_id)
LEFT JOIN bought AS b ON b.person_no = s.rowid
LEFT JOIN answered AS r USING (customer_id)
LEFT JOIN referred AS f USING (customer_id)
LEFT JOIN addressed AS e ON e.person_no = s.rowid
