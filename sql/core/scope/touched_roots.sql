-- The roots of the names by which touched answers refer to orders. Temporary table: touched_responses.
SELECT DISTINCT unnest(meant_roots(order_id)) AS root
FROM vault.raw.responses SEMI JOIN touched_responses USING (source, response_id)
WHERE order_id IS NOT NULL
