-- All follow-ups, with the answer that each was made after: one to an answer that was set aside as a repetition belongs
-- to the answer that stands for it.
SELECT f.*, coalesce(s.superseded_by, f.own_id) AS full_id
FROM (SELECT *, published_id(source, response_id) AS own_id FROM vault.raw.follow_ups) AS f
LEFT JOIN ops.superseded AS s ON s.response_id = f.own_id
