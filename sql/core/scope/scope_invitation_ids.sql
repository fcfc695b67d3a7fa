-- Invitations in scope, and those that core has of the people or the answers in scope.
-- Temporary tables: new_invitations, scope_customers, scope_response_ids.
SELECT invitation_id FROM new_invitations
UNION
SELECT invitation_id FROM core.invitations
WHERE customer_id IN (SELECT customer_id FROM scope_customers)
    OR response_id IN (SELECT response_id FROM scope_response_ids)
