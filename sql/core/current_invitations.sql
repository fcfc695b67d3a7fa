-- The newest version of each invitation in scope, with its published id, and when one of its versions first said that the
-- customer unsubscribed. Temporary relation: invitation_versions.
SELECT *, published_id(source, invitation_id) AS full_id,
    min(coalesce(updated_at, invited_at)) FILTER (unsubscribed) OVER (PARTITION BY source, invitation_id)
        AS first_unsubscribed_at
FROM invitation_versions
QUALIFY row_number() OVER (
    PARTITION BY source, invitation_id
    ORDER BY updated_at DESC NULLS LAST, file_event_at DESC NULLS LAST, file_id DESC, row_number DESC
) = 1
