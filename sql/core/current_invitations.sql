-- The newest version of each invitation in scope, with its published id. Temporary relation: invitation_versions.
SELECT *, published_id(source, invitation_id) AS full_id
FROM invitation_versions
QUALIFY row_number() OVER (
    PARTITION BY source, invitation_id
    ORDER BY updated_at DESC NULLS LAST, file_event_at DESC NULLS LAST, file_id DESC, row_number DESC
) = 1
