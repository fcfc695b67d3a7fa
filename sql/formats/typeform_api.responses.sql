-- Typeform API (GET /forms/{id}/responses) as saved. Answers carry a field's type, id and ref, not its text: the
-- recommendation question is the field of type nps, else an opinion scale whose ref or title says nps or recommend (set
-- the ref in the form's editor). A form with neither is refused as not_nps. Times are UTC.
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
    token AS response_id,
    submitted_at AS responded_at,
    scored.text AS score,
    address AS customer_email,
    customer_in(fields) AS customer_id,
    named_order(fields) AS order_id,
    commented.text AS comment,
    answers_map(list_transform(
        list_filter(answered, lambda a: a.type NOT IN ('email', 'phone_number') AND a IS DISTINCT FROM scored
            AND a IS DISTINCT FROM commented),
        lambda a: {'question': a.name, 'answer': a.text}
    )) AS answers,
    CASE
        WHEN NOT coalesce(is_finished(response_type), clean(response_type) IS NULL)
            OR coalesce(submitted_at, '0001') LIKE '0001%' THEN 'partial'
        WHEN NOT is_nps THEN 'not_nps'
        WHEN scored IS NULL THEN 'partial'
    END AS reject,
    CASE WHEN NOT is_nps THEN 'score' END AS reject_column,
    CASE WHEN NOT is_nps THEN no_recommendation() END AS reject_allowed,
    nullif(map_from_entries(list_filter(map_entries(fields), lambda e: NOT is_email_question(e.key))), MAP {}) AS hidden
FROM known
WHERE NOT is_nps OR scored IS NOT NULL OR address IS NULL
