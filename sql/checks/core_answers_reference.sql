-- table: core.answers
-- blocking: yes
-- each: response_id
-- The answer to another question belongs to a response.
SELECT response_id, question FROM core.answers ANTI JOIN core.responses USING (response_id)
