-- EXAMPLE, not active. Zendesk publishes no header of its export: the column names below are made up. Replace them with
-- those of your own file, save the file in {NORTHSTAR_HOME}/formats/ and try it with `northstar explain FILE`.
-- Shows: an answer that its author may change until the survey expires: the newest version by updated_at stands; a time
-- in the zone of the account, which the file does not name.
-- recognised by: Survey response, Ticket, Updated, Recommendation
-- also reads: Requester email, Requester id, Comment, Status
SELECT
    file_id,
    row_number,
    "Survey response" AS response_id,
    clean("Updated") || ' America/New_York' AS responded_at,
    clean("Updated") || ' America/New_York' AS updated_at,
    "Recommendation" AS score,
    'support' AS survey,
    "Requester email" AS customer_email,
    "Requester id" AS customer_id,
    "Comment" AS comment,
    'support' AS channel,
    CASE WHEN lower(clean("Status")) = 'skipped' THEN 'partial' END AS reject,
    "Ticket" AS ticket
FROM input
