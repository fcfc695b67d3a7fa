-- core.answers for the answers in scope: the other questions of the newest version.
SELECT response_id, question, masked_text(answer) AS answer
FROM (
    SELECT published_id(source, response_id) AS response_id,
        unnest(map_keys(answers)) AS question, unnest(map_values(answers)) AS answer
    FROM (
        SELECT raw.source, raw.response_id, raw.answers
        FROM vault.raw.responses AS raw
        SEMI JOIN scope_responses USING (source, response_id)
        QUALIFY row_number() OVER (
            PARTITION BY source, response_id
            ORDER BY updated_at DESC NULLS LAST, file_event_at DESC NULLS LAST, file_id DESC, row_number DESC
        ) = 1
    )
)
WHERE nullif(trim(answer), '') IS NOT NULL AND getvariable('publish_comments')
