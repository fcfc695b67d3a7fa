-- core.responses for the answers in scope: stage and next answer. Session: publish_comments. Temporary tables: order_links,
-- new_files. Two columns more than the table has: the number of the person, and the file that changed the answer.
WITH staged AS (
    SELECT *,
        CASE
            WHEN stage IS NOT NULL THEN stage
            WHEN least(first_order_at, order_ordered_at) IS NULL OR least(first_order_at, order_ordered_at) > responded_at
                THEN 'prospect'
            WHEN NOT has_order THEN 'relational'
            WHEN order_delivered_at IS NULL THEN 'post_order'
            WHEN order_delivered_at > responded_at THEN 'pre_delivery'
            WHEN order_delivered_at >= responded_at - INTERVAL 60 DAY THEN 'post_delivery'
            ELSE 'relational'
        END AS final_stage
    FROM order_links
)
SELECT
    full_id AS response_id,
    source,
    label(survey) AS survey,
    final_stage AS stage,
    person AS customer_id,
    linked_order_id AS order_id,
    order_link,
    invited_at,
    responded_at,
    business_date(responded_at) AS response_date,
    score,
    CASE WHEN score >= 9 THEN 'promoter' WHEN score >= 7 THEN 'passive' ELSE 'detractor' END AS category,
    CASE WHEN person IS NOT NULL THEN
        lead(responded_at) OVER (PARTITION BY person, final_stage ORDER BY responded_at, full_id) END AS next_response_at,
    CASE WHEN getvariable('publish_comments') THEN masked_text(nullif(comment, '')) END AS comment,
    lower(label(language)) AS language,
    label(channel) AS channel,
    person_no,
    n.file_id
FROM staged
LEFT JOIN new_files AS n USING (file_id)
