-- core.answers for the answers in scope: the survey's other questions, except those that ask who somebody is.
-- Session: publish_comments. Temporary table: current_responses.
SELECT response_id, label(question) AS question, masked_text(answer) AS answer
FROM (
    SELECT full_id AS response_id, unnest(map_keys(answers)) AS question, unnest(map_values(answers)) AS answer
    FROM current_responses
)
WHERE nullif(trim(answer), '') IS NOT NULL AND getvariable('publish_comments') AND NOT asks_for_identity(question)
