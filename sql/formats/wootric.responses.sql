-- Wootric API (GET /v1/responses) or its webhook's events as saved. Times are seconds since 1970, or text with an
-- offset.
-- The end user is an object, or flattened to end_user_id, email and external_id. The object does not name its metric:
-- do not land the answers of a CSAT or CES survey.
-- source: wootric
-- recognised by: id, score, created_at, excluded_from_calculations
-- also reads: text, completed, updated_at, end_user, end_user_id, email, external_id, survey_id, origin_url
-- records: response, .
SELECT
    file_id,
    row_number,
    id AS response_id,
    unix_time(created_at) AS responded_at,
    score,
    survey_id AS survey,
    coalesce(clean(members(end_user)['email']), email) AS customer_email,
    coalesce(clean(members(end_user)['external_id']), clean(external_id), clean(members(end_user)['id']),
        end_user_id) AS customer_id,
    named_order(members(members(end_user)['properties'])) AS order_id,
    text AS comment,
    unix_time(updated_at) AS updated_at,
    CASE
        WHEN parse_boolean(clean(excluded_from_calculations)) THEN 'excluded'
        WHEN NOT is_finished(completed) THEN 'partial'
    END AS reject,
    origin_url
FROM input
