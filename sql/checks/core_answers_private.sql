-- table: core.answers
-- blocking: yes
-- each: response_id
-- No e-mail address in a question or its answer.
SELECT response_id, question FROM core.answers
WHERE regexp_matches(answer, '[\p{L}\d]@[\p{L}\d]')
    OR regexp_matches(question, '[^\s(@]@[^\s@.]+[.][^\s@.]{2}')
