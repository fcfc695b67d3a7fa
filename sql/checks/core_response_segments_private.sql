-- table: core.response_segments
-- blocking: yes
-- each: response_id
-- No e-mail address in a dimension or segment.
SELECT DISTINCT dimension FROM core.response_segments
-- Hardly a text has an @: asked for it first, the check takes a sixth of the time.
WHERE (contains(dimension, '@') OR contains(segment, '@'))
    AND regexp_matches(concat_ws(' ', dimension, segment), '[^\s(@]@[^\s@.]+[.][^\s@.]{2}')
