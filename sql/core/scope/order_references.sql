-- The answers in scope whose reference to an order is looked up: touched ones, and those that core does not hold. The
-- others refer to no touched order, so that they mean the order that core has for them. Temporary tables:
-- current_responses, touched_responses.
SELECT full_id, responded_at, order_id
FROM current_responses
WHERE order_id IS NOT NULL AND (
    (source, response_id) IN (SELECT (source, response_id) FROM touched_responses)
    OR full_id NOT IN (SELECT response_id FROM core.responses)
)
