-- EXAMPLE, not active. eDesk Feedback publishes no header of its export: the column names below are made up. Replace
-- them with those of your own file, save the file in {NORTHSTAR_HOME}/formats/ and try it with `northstar explain
-- FILE`.
-- Shows: a marketplace's order id as the only link to the buyer (core takes the order's customer); an unanswered
-- request is not an answer; stars of one to five are another metric.
-- recognised by: Request ID, Marketplace, Order ID, Responded, Score, Scale
-- also reads: Feedback, Language
SELECT
    file_id,
    row_number,
    "Request ID" AS response_id,
    "Responded" AS responded_at,
    "Score" AS score,
    "Order ID" AS order_id,
    "Feedback" AS comment,
    "Language" AS language,
    "Marketplace" AS channel,
    CASE
        WHEN clean("Scale") <> '0-10' THEN 'not_nps'
        WHEN clean("Score") IS NULL THEN 'partial'
    END AS reject,
    CASE WHEN clean("Scale") <> '0-10' THEN 'score' END AS reject_column
FROM input
