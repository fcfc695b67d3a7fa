-- Thanx nps_feedback.csv: the merchant's replies to answers.
-- source: thanx
-- recognised by: nps_feedback_uid, nps_feedback_id, purchase_id, user_id, state, rating, rated_at
-- also reads: review, created_at, responded_by, response, responded_at
SELECT
    file_id,
    row_number,
    nps_feedback_uid AS response_id,
    regexp_replace(clean(responded_at), '(\d)$', '\1 Z') AS contacted_at,
    responded_by AS owner,
    response AS note
FROM input
WHERE clean(responded_at) IS NOT NULL
