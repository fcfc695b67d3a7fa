-- The answers in scope as the moments at which dimensions.sql looks. Temporary table: new_responses.
SELECT response_id AS id, customer_id, order_id, responded_at AS moment, response_date AS day, channel, survey
FROM new_responses
