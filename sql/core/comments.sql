-- The comments of the answers in scope in which topics are looked for: masked, and present even if none is published.
-- Session: publish_comments. Temporary tables: new_responses, current_responses.
SELECT r.response_id, r.language,
    CASE WHEN getvariable('publish_comments') THEN r.comment ELSE masked_text(c.comment) END AS comment
FROM new_responses AS r
LEFT JOIN current_responses AS c ON c.full_id = r.response_id
WHERE trim(c.comment) <> ''
