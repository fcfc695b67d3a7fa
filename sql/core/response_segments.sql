-- core.response_segments for the answers in scope, in all dimensions.
-- Temporary tables: dimensions, attribute_segments, response_standing, new_responses.
SELECT id AS response_id, dimension, segment_name(segment) AS segment
FROM (FROM dimensions UNPIVOT INCLUDE NULLS (segment FOR dimension IN (COLUMNS(* EXCLUDE id))))
UNION ALL BY NAME
FROM attribute_segments
UNION ALL BY NAME
FROM response_standing WHERE response_id IN (SELECT response_id FROM new_responses)
