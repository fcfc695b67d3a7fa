-- Olist (Kaggle, CC BY-NC-SA 4.0), olist_order_reviews_dataset.csv. One to five stars are no answer to the recommendation
-- question: doubled they would look like one and make an NPS that nobody gave. Every row is refused as not_nps.
-- source: canonical
-- recognised by: review_id, order_id, review_score, review_comment_title, review_comment_message, review_creation_date,
--     review_answer_timestamp
SELECT
    file_id,
    row_number,
    review_id AS response_id,
    review_answer_timestamp AS responded_at,
    review_score AS score,
    order_id,
    review_comment_message AS comment,
    'not_nps' AS reject,
    'score' AS reject_column
FROM input
