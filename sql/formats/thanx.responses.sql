-- Thanx nps_feedback.csv: one row per prompt after a purchase. state is unviewed, viewed, rated, reviewed or responded;
-- prompted at created_at, answered at rated_at; responded_at is the merchant's reply (thanx.follow_ups.sql). Times are
-- UTC.
-- source: thanx
-- recognised by: nps_feedback_uid, nps_feedback_id, purchase_id, user_id, state, rating, rated_at
-- also reads: review, created_at, responded_by, response, responded_at
SELECT
    file_id,
    row_number,
    nps_feedback_uid AS response_id,
    regexp_replace(clean(rated_at), '(\d)$', '\1 Z') AS responded_at,
    rating AS score,
    user_id AS customer_id,
    purchase_id AS order_id,
    regexp_replace(clean(created_at), '(\d)$', '\1 Z') AS invited_at,
    review AS comment
FROM input
WHERE clean(rating) IS NOT NULL OR lower(clean(state)) NOT IN ('unviewed', 'viewed')
