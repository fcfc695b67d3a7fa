-- table: core.follow_ups
-- blocking: yes
-- each: response_id
-- No e-mail address in an id or a text.
SELECT response_id, contacted_at FROM core.follow_ups
WHERE regexp_matches(concat_ws(' ', owner, outcome, note), '[\p{L}\d]@[\p{L}\d]')
    OR regexp_matches(concat_ws(' ', response_id, source), '[^\s(@]@[^\s@.]+[.][^\s@.]{2}')
