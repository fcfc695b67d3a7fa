-- table: core.responses
-- blocking: yes
-- next_response_at is when the same customer next answered at the same stage.
SELECT response_id, next_response_at, following FROM (
    SELECT response_id, next_response_at, CASE WHEN customer_id IS NOT NULL THEN lead(responded_at) OVER (
        PARTITION BY customer_id, stage ORDER BY responded_at, response_id) END AS following
    FROM core.responses
) WHERE next_response_at IS DISTINCT FROM following
