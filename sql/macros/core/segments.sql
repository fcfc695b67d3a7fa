-- Names of segments.

-- A segment as it is published: unknown where it is NULL or blank.
CREATE OR REPLACE TEMP MACRO segment_name(segment) AS coalesce(nullif(trim(segment), ''), 'unknown');
