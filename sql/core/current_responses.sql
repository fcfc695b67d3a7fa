-- The newest version of each answer in scope, with its published id. Temporary table: scope_responses.
SELECT raw.*, published_id(source, response_id) AS full_id
FROM vault.raw.responses AS raw
SEMI JOIN scope_responses USING (source, response_id)
QUALIFY row_number() OVER (
    PARTITION BY source, response_id
    ORDER BY updated_at DESC NULLS LAST, file_event_at DESC NULLS LAST, file_id DESC, row_number DESC
) = 1
