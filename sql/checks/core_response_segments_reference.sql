-- table: core.response_segments
-- blocking: yes
-- each: response_id
-- A segment belongs to an answer.
SELECT response_id, dimension FROM core.response_segments ANTI JOIN core.responses USING (response_id)
