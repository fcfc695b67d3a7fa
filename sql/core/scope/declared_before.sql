-- The orders that core has for answers in scope whose reference is not looked up. Temporary tables: current_responses,
-- order_references.
SELECT response_id, order_id
FROM core.responses
WHERE order_link = 'declared' AND response_id IN (
    SELECT full_id FROM current_responses WHERE order_id IS NOT NULL EXCEPT SELECT full_id FROM order_references
)
