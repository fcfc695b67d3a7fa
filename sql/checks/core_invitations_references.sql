-- table: core.invitations
-- blocking: yes
-- The customer and the answer of every invitation exist.
SELECT invitation_id, i.customer_id, i.response_id FROM core.invitations AS i
LEFT JOIN core.customers AS c ON c.customer_id = i.customer_id
LEFT JOIN core.responses AS r ON r.response_id = i.response_id
WHERE (i.customer_id IS NOT NULL AND c.customer_id IS NULL) OR (i.response_id IS NOT NULL AND r.response_id IS NULL)
