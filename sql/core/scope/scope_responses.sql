-- Answers of which any version names a person in scope, touched ones, and anonymous ones that may refer to an order in
-- scope. Temporary tables: people, touched_responses, current_orders.
SELECT source, response_id FROM vault.raw.responses SEMI JOIN people USING (identity)
UNION SELECT source, response_id FROM touched_responses
UNION SELECT source, response_id
FROM (
    SELECT source, response_id, unnest(meant_names(order_id)) AS name FROM vault.raw.responses
    WHERE identity IS NULL AND order_id IS NOT NULL
)
SEMI JOIN (
    SELECT unnest(order_names(source, order_id, order_number)) AS name FROM current_orders
) AS names USING (name)
