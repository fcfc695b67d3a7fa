-- Everybody named by any version of a touched record, or of an order to which a touched answer may refer.
-- Session: applied_load. Temporary tables: new_files, touched_orders, touched_responses, touched_invitations,
-- changed_friends.
WITH meant AS MATERIALIZED (
    SELECT DISTINCT unnest(meant_roots(order_id)) AS root
    FROM vault.raw.responses SEMI JOIN touched_responses USING (source, response_id) WHERE order_id IS NOT NULL
)
SELECT identity FROM vault.raw.identities WHERE load_id > getvariable('applied_load')
UNION SELECT identity FROM vault.raw.customers SEMI JOIN new_files USING (file_id)
UNION SELECT identity FROM vault.raw.orders SEMI JOIN touched_orders USING (source, order_id)
UNION SELECT identity FROM vault.raw.responses SEMI JOIN touched_responses USING (source, response_id)
UNION SELECT identity FROM vault.raw.invitations SEMI JOIN touched_invitations USING (source, invitation_id)
UNION SELECT identity FROM vault.raw.orders
    WHERE root(order_id) IN (SELECT root FROM meant) OR root(order_number) IN (SELECT root FROM meant)
UNION SELECT identity FROM changed_friends
