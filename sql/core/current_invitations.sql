-- The newest version of each invitation in scope, with its published id. Temporary table: scope_invitations.
SELECT raw.*, published_id(source, invitation_id) AS full_id
FROM vault.raw.invitations AS raw
SEMI JOIN scope_invitations USING (source, invitation_id)
QUALIFY row_number() OVER (
    PARTITION BY source, invitation_id
    ORDER BY updated_at DESC NULLS LAST, file_event_at DESC NULLS LAST, file_id DESC, row_number DESC
) = 1
