-- Answers in scope, those set aside, and those that core has of the people in scope.
-- Temporary tables: current_responses, new_superseded, scope_customers.
SELECT full_id AS response_id FROM current_responses
UNION
SELECT response_id FROM new_superseded
UNION
SELECT response_id FROM core.responses WHERE customer_id IN (SELECT customer_id FROM scope_customers)
