-- Retently API v2 (GET /feedback, GET /nps/customers/response) as saved: the envelope, or the bare list of responses.
-- The same stream holds CSAT, CES and 5-star answers (metricsType), and answers marked as invalid (isBogus).
-- The order is a custom property named or labelled order or order_id. Times are UTC.
-- source: retently
-- recognised by: id, customerId, createdDate, score, campaignId
-- also reads: email, campaignName, comment, channel, metricsType, isBogus, customProps, additionalQuestions
-- records: data.responses, .
SELECT
    file_id,
    row_number,
    id AS response_id,
    "createdDate" AS responded_at,
    score,
    "campaignName" AS survey,
    email AS customer_email,
    "customerId" AS customer_id,
    list_filter(
        from_json("customProps", '[{"label": "VARCHAR", "name": "VARCHAR", "value": "VARCHAR"}]'),
        lambda p: clean(p.value) IS NOT NULL
            AND (plain_name(p.name) IN ('order', 'order_id') OR plain_name(p.label) IN ('order', 'order_id'))
    )[1].value AS order_id,
    comment,
    channel,
    answers_map(list_transform(
        from_json("additionalQuestions", '["JSON"]'),
        lambda q: {
            'question': q->>'$.question',
            'answer': CASE json_type(q, '$.answer') WHEN 'ARRAY' THEN flat_text(q->>'$.answer') ELSE q->>'$.answer' END
        }
    )) AS answers,
    CASE
        WHEN upper(clean("metricsType")) <> 'NPS' THEN 'not_nps'
        WHEN parse_boolean(clean("isBogus")) THEN 'bogus'
    END AS reject,
    CASE WHEN upper(clean("metricsType")) <> 'NPS' THEN 'score' END AS reject_column,
    CASE WHEN upper(clean("metricsType")) <> 'NPS' THEN not_this_metric('metricsType', "metricsType") END AS reject_allowed
FROM input
