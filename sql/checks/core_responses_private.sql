-- table: core.responses
-- blocking: yes
-- each: response_id
-- No e-mail address in a comment, id or any other text.
SELECT response_id FROM core.responses
WHERE regexp_matches(comment, '[\p{L}\d]@[\p{L}\d]')
    OR regexp_matches(concat_ws(' ', response_id, source, survey, customer_id, order_id, language, channel),
        '[^\s(@]@[^\s@.]+[.][^\s@.]{2}')
