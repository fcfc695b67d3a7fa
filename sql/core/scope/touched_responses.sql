-- Answers that landed, that may refer to a touched order, or whose invitation landed.
-- Temporary tables: new_files, touched_versions.
SELECT source, response_id FROM vault.raw.responses SEMI JOIN new_files USING (file_id)
UNION
SELECT source, response_id
FROM (
    SELECT source, response_id, unnest(meant_names(order_id)) AS name FROM vault.raw.responses
    WHERE order_id IS NOT NULL
)
SEMI JOIN (
    SELECT unnest(order_names(source, order_id, order_number)) AS name FROM touched_versions
) AS touched USING (name)
UNION
SELECT i.source, i.invitation_id FROM vault.raw.invitations AS i SEMI JOIN new_files USING (file_id)
WHERE (i.source, i.invitation_id) IN (SELECT (source, response_id) FROM vault.raw.responses)
