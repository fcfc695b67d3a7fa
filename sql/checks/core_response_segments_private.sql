-- table: core.response_segments
-- blocking: yes
-- each: response_id
-- No e-mail address in a dimension or segment.
SELECT DISTINCT dimension FROM core.response_segments
WHERE regexp_matches(concat_ws(' ', dimension, segment), '[^\s(@]@[^\s@.]+[.][^\s@.]{2}')
