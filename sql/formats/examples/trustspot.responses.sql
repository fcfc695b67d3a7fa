-- EXAMPLE, not active. TrustSpot (RaveCapture) publishes no header of its export: the column names below are made up.
-- Replace them with those of your own file, save the file in {NORTHSTAR_HOME}/formats/ and try it with `northstar
-- explain FILE`.
-- Shows: a survey answer with its order; other surveys of the same collector refused; a time with the day before the
-- month.
-- recognised by: Survey ID, Survey Type, Date Completed, Rating
-- also reads: Customer Email, Order Number, Comment, Date Sent
SELECT
    file_id,
    row_number,
    "Survey ID" AS response_id,
    written_time("Date Completed", true) AS responded_at,
    written_time("Date Sent", true) AS invited_at,
    "Rating" AS score,
    "Customer Email" AS customer_email,
    "Order Number" AS order_id,
    "Comment" AS comment,
    'email' AS channel,
    'post_delivery' AS stage,
    CASE WHEN upper(clean("Survey Type")) <> 'NPS' THEN 'not_nps' END AS reject,
    CASE WHEN upper(clean("Survey Type")) <> 'NPS' THEN 'score' END AS reject_column,
    CASE WHEN upper(clean("Survey Type")) <> 'NPS' THEN not_this_metric('Survey Type', "Survey Type") END AS reject_allowed
FROM input
