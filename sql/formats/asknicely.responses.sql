-- AskNicely API (GET /api/v1/responses/..., format json or csv) as saved; every value is text, times are seconds since
-- 1970.
-- One stream holds NPS, CSAT and five stars (question_type). With the filter raw it also holds unanswered surveys: they
-- are invitations (asknicely.invitations.sql), not answers. Custom fields end in _c.
-- source: asknicely
-- recognised by: response_id, contact_id, answer, sent, responded
-- also reads: person_id, email, comment, opened, dontcontact, question_type, *
-- records: data, .
SELECT
    i.file_id,
    i.row_number,
    response_id,
    unix_time(responded) AS responded_at,
    answer AS score,
    email AS customer_email,
    coalesce(clean(contact_id), person_id) AS customer_id,
    named(cells(i), ['order_c', 'order_id_c', 'order_number_c', 'orderid_c', 'order_name_c']) AS order_id,
    unix_time(sent) AS invited_at,
    comment,
    CASE WHEN lower(clean(question_type)) <> 'nps' THEN 'not_nps' END AS reject,
    CASE WHEN lower(clean(question_type)) <> 'nps' THEN 'score' END AS reject_column,
    CASE WHEN lower(clean(question_type)) <> 'nps' THEN not_this_metric('question_type', question_type) END
        AS reject_allowed,
    nullif(map_from_entries(list_filter(
        map_entries(cells(i)), lambda e: ends_with(e.key, '_c') AND clean(e.value) IS NOT NULL
    )), MAP {}) AS custom
FROM input AS i
WHERE clean(answer) IS NOT NULL OR lower(clean(question_type)) <> 'nps'
