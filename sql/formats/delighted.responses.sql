-- Delighted API (GET /v1/survey_responses.json) as saved. Times are seconds since 1970, UTC. The person is an id, or
-- the whole object if the call said expand[]=person. A score may be edited later: updated_at identifies the newer
-- version.
-- The order is a person property such as "Order ID".
-- source: delighted
-- recognised by: id, person, survey_type, score, created_at, person_properties
-- also reads: comment, updated_at, additional_answers
SELECT
    file_id,
    row_number,
    id AS response_id,
    unix_time(created_at) AS responded_at,
    score,
    members(person)['email'] AS customer_email,
    coalesce(members(person)['id'], CASE WHEN members(person) IS NULL THEN person END) AS customer_id,
    members(person)['phone_number'] AS customer_phone,
    named_order(members(person_properties)) AS order_id,
    named(members(person_properties), ['delighted_source', 'survey_name', 'survey']) AS survey,
    comment,
    unix_time(updated_at) AS updated_at,
    answers_map(list_transform(
        from_json(additional_answers, '[{"value": "VARCHAR", "question": {"text": "VARCHAR"}}]'),
        lambda a: {
            'question': a.question.text,
            'answer': coalesce(
                a.value->>'$.free_response', a.value->>'$.scale', flat_text(a.value->>'$.select_one'),
                flat_text(a.value->>'$.select_many')
            )
        }
    )) AS answers,
    CASE WHEN lower(clean(survey_type)) <> 'nps' THEN 'not_nps' END AS reject,
    CASE WHEN lower(clean(survey_type)) <> 'nps' THEN 'score' END AS reject_column,
    CASE WHEN lower(clean(survey_type)) <> 'nps' THEN not_this_metric('survey_type', survey_type) END AS reject_allowed,
    nullif(members(person_properties), MAP {}) AS person_properties
FROM input
