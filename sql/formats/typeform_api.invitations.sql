-- Typeform API: people with an address who opened the form and left the recommendation question blank.
-- source: typeform
-- recognised by: token, landed_at, submitted_at, answers
-- also reads: response_type, hidden
-- records: items, .
WITH given AS (
    SELECT *, members(hidden) AS fields, list_transform(from_json(answers, '["JSON"]'), lambda a: {
        'kind': a->>'$.field.type',
        'name': coalesce(a->>'$.field.title', a->>'$.field.ref', a->>'$.field.id'),
        'type': a->>'$.type',
        'text': coalesce(a->>'$.choice.label', flat_text(a->>'$.choices.labels'), a->>('$.' || (a->>'$.type')))
    }) AS answered
    FROM input
),
found AS (
    SELECT *,
        coalesce(
            list_filter(answered, lambda a: a.kind = 'nps')[1],
            list_filter(answered, lambda a: a.kind = 'opinion_scale'
                AND (is_recommendation(a.name) OR regexp_matches(plain_name(a.name), '(^|_)(nps|recommend)(_|$)')))[1]
        ) AS scored,
        coalesce(clean(email_in(fields)), list_filter(answered, lambda a: a.type = 'email')[1].text) AS address
    FROM given
),
known AS (
    SELECT *, bool_or(scored IS NOT NULL) OVER (PARTITION BY file_id) AS is_nps,
        coalesce(
            list_filter(answered, lambda a: a.type = 'text' AND is_reason(a.name))[1],
            list_filter(answered, lambda a: a.kind = 'long_text')[1]
        ) AS commented
    FROM found
)
SELECT
    file_id,
    row_number,
    token AS invitation_id,
    landed_at AS invited_at,
    address AS customer_email,
    customer_in(fields) AS customer_id,
    true AS opened
FROM known
WHERE is_nps AND scored IS NULL AND address IS NOT NULL
