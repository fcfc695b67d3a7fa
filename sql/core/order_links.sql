-- The order of each answer in scope: the declared one, else the customer's last order within 90 days before the invitation
-- (or before the answer). Temporary tables: current_responses, declared, people, persons, new_orders. Adds to
-- current_responses the customer (person), the number of the person (person_no), their first order, and of the linked
-- order how it was found, its id and its times.
WITH
-- The declared orders, whether or not their people are in scope.
declared_orders AS MATERIALIZED (
    SELECT order_id, customer_id, ordered_at, delivered_at FROM new_orders
    WHERE order_id IN (SELECT order_id FROM declared)
    UNION ALL
    SELECT order_id, customer_id, ordered_at, delivered_at FROM core.orders
    WHERE order_id IN (SELECT order_id FROM declared EXCEPT SELECT order_id FROM new_orders)
),
identified AS (
    SELECT r.*, d.order_id AS declared_order_id,
        coalesce(p.customer_id, o.customer_id) AS person, least(r.invited_at, r.responded_at) AS anchor
    FROM current_responses AS r
    LEFT JOIN people AS p ON p.identity = r.identity
    LEFT JOIN declared AS d ON d.response_id = r.full_id
    LEFT JOIN declared_orders AS o ON o.order_id = d.order_id
),
numbered AS (
    SELECT i.*, p.rowid AS person_no FROM identified AS i LEFT JOIN persons AS p ON p.customer_id = i.person
),
-- One order per person and instant: the join below would otherwise pick one at random.
by_instant AS (
    SELECT person_no, ordered_at, max(order_id) AS order_id
    FROM new_orders
    WHERE person_no IN (SELECT person_no FROM numbered WHERE declared_order_id IS NULL)
    GROUP BY ALL
),
linked AS (
    SELECT k.*,
        CASE WHEN i.ordered_at >= k.anchor - INTERVAL 90 DAY THEN i.order_id END AS inferred_order_id,
        f.first_order_at
    FROM numbered AS k
    ASOF LEFT JOIN by_instant AS i ON k.person_no = i.person_no AND k.anchor >= i.ordered_at
    LEFT JOIN (
        SELECT person_no, min(ordered_at) AS first_order_at
        FROM new_orders WHERE person_no IN (SELECT person_no FROM numbered) GROUP BY person_no
    ) AS f ON f.person_no = k.person_no
),
linked_orders AS (
    FROM declared_orders
    UNION ALL
    SELECT order_id, customer_id, ordered_at, delivered_at
    FROM new_orders
    WHERE order_id IN (SELECT inferred_order_id FROM linked WHERE declared_order_id IS NULL)
        AND order_id NOT IN (SELECT order_id FROM declared_orders)
)
SELECT l.* EXCLUDE (declared_order_id, inferred_order_id, anchor),
    coalesce(l.declared_order_id, l.inferred_order_id) AS linked_order_id,
    CASE
        WHEN l.declared_order_id IS NOT NULL THEN 'declared'
        WHEN l.inferred_order_id IS NOT NULL THEN 'inferred'
        ELSE 'none'
    END AS order_link,
    o.order_id IS NOT NULL AS has_order, o.ordered_at AS order_ordered_at, o.delivered_at AS order_delivered_at
FROM linked AS l
LEFT JOIN linked_orders AS o ON o.order_id = coalesce(l.declared_order_id, l.inferred_order_id)
