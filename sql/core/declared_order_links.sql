-- The order to which an answer refers by name. An order placed before the answer is preferred to a later one, because
-- numbers may be used again; then the order's best name counts, then the answer's own spelling. If two orders match
-- equally well, neither is taken. Temporary tables: order_references, named_orders.
WITH meant AS (
    SELECT full_id, responded_at, unnest(meant_names(order_id)) AS name, unnest([1, 2]) AS spelling
    FROM order_references
),
names AS (
    SELECT full_id, ordered_at, unnest(order_names(source, order_id, order_number)) AS name, unnest([1, 2, 3, 4]) AS rank
    FROM named_orders
),
candidates AS (
    SELECT m.full_id AS response_id, n.full_id AS order_id, min((n.ordered_at > m.responded_at, n.rank, m.spelling)) AS goodness
    FROM meant AS m
    JOIN names AS n USING (name)
    GROUP BY ALL
)
SELECT response_id, order_id
FROM candidates
QUALIFY rank() OVER (PARTITION BY response_id ORDER BY goodness) = 1
    AND count(*) OVER (PARTITION BY response_id, goodness) = 1
