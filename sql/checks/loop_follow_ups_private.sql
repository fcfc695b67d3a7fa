-- table: loop.follow_ups
-- blocking: yes
-- each: month
-- No e-mail address in a text.
SELECT month, response_id FROM loop.follow_ups
WHERE regexp_matches(concat_ws(' ', comment, topics, owner, outcome), '[\p{L}\d]@[\p{L}\d]')
