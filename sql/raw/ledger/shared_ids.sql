-- The digests of the ids (this_id) that several accepted records of this_kind share within a file.
CREATE OR REPLACE TEMP TABLE shared_ids AS
SELECT hash(file_id, source, this_id) AS digest
FROM checked_this_kind WHERE refused IS NULL
GROUP BY ALL HAVING count(*) > 1
