-- Everybody named by any version of a touched record, or of an order to which a touched answer may refer.
-- Session: applied_load. Temporary tables: new_files, touched_versions, touched_responses, touched_invitations,
-- meant_orders, changed_friends.
SELECT identity FROM vault.raw.identities WHERE load_id > getvariable('applied_load')
UNION SELECT identity FROM vault.raw.customers SEMI JOIN new_files USING (file_id)
UNION SELECT identity FROM touched_versions
UNION SELECT identity FROM vault.raw.responses SEMI JOIN touched_responses USING (source, response_id)
UNION SELECT identity FROM vault.raw.invitations SEMI JOIN touched_invitations USING (source, invitation_id)
UNION SELECT identity FROM meant_orders
UNION SELECT identity FROM changed_friends
