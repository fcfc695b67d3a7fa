-- The newest version of each answer in scope, with its published id. Temporary relation: response_versions.
SELECT *, published_id(source, response_id) AS full_id
FROM response_versions
QUALIFY row_number() OVER (
    PARTITION BY source, response_id
    ORDER BY updated_at DESC NULLS LAST, file_event_at DESC NULLS LAST, file_id DESC, row_number DESC
) = 1
