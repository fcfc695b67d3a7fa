-- Retently API v2 (GET /outbox) as saved: surveys sent, answered or not. A message has no id of its own: campaign, customer
-- and moment name it. What was sent and did not bounce was delivered; who answered has opened it. Times are UTC.
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
