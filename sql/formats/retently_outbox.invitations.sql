-- Retently API v2 (GET /outbox) as saved: surveys sent, answered or not. A message has no id: campaign, customer and
-- time serve as one. A message sent without a bounce was delivered, one that was answered was opened. Times are UTC.
-- source: retently
-- recognised by: customerId, sentDate, campaignId, detailedStatus
-- also reads: email, campaign, channel
-- records: data.surveys, data.outbox, data, .
SELECT
    file_id,
    row_number,
    concat_ws('-', clean("campaignId"), clean("customerId"), clean("sentDate")) AS invitation_id,
    "sentDate" AS invited_at,
    email AS customer_email,
    "customerId" AS customer_id,
    campaign AS survey,
    channel,
    NOT parse_boolean("detailedStatus"->>'$.isBounced') AS delivered,
    coalesce(parse_boolean("detailedStatus"->>'$.isResponded'), false)
        OR parse_boolean("detailedStatus"->>'$.isOpened') AS opened,
    "detailedStatus"->>'$.isOptedOut' AS unsubscribed,
    "detailedStatus"->>'$.isBounced' AS bounced,
    greatest(
        parse_time("sentDate"), parse_time("detailedStatus"->>'$.openedDate'),
        parse_time("detailedStatus"->>'$.respondedDate')
    ) AS updated_at,
    CASE WHEN clean("sentDate") IS NULL THEN 'not_sent' END AS reject
FROM input
