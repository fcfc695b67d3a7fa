-- Thanx nps_feedback.csv: every prompt, answered or not, under the id of its answer.
-- source: thanx
-- recognised by: nps_feedback_uid, nps_feedback_id, purchase_id, user_id, state, rating, rated_at
-- also reads: review, created_at, responded_by, response, responded_at
SELECT
    file_id,
    row_number,
    nps_feedback_uid AS invitation_id,
    regexp_replace(clean(created_at), '(\d)$', '\1 Z') AS invited_at,
    user_id AS customer_id,
    lower(clean(state)) <> 'unviewed' AS opened,
    regexp_replace(clean(coalesce(rated_at, created_at)), '(\d)$', '\1 Z') AS updated_at
FROM input
