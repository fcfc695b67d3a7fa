-- The records of this_kind that a batch (checked_this_kind from rowid $first on) has because rows of a file are repeated:
-- those that are missing, or another, in read_once, the batch without such rows. Of versions of one record the last one
-- counts. Temporary tables: repeated_rows, read_once, repeated_records.
INSERT INTO repeated_records
WITH counted AS (
    FROM checked_this_kind
    WHERE rowid >= $first AND refused IS NULL AND file_id IN (SELECT file_id FROM repeated_rows)
),
once AS (FROM read_once WHERE refused IS NULL),
-- Nearly every row is the same in both: comparing digests by row leaves few records to compare as wholes.
counted_digests AS (
    SELECT file_id, source, this_id AS id, row_number, hash(*COLUMNS(* EXCLUDE (these_places))) AS digest FROM counted
),
once_digests AS (
    SELECT file_id, source, this_id AS id, row_number, hash(*COLUMNS(* EXCLUDE (these_places))) AS digest FROM once
),
touched AS (
    SELECT file_id, source, id FROM counted_digests ANTI JOIN once_digests USING (file_id, row_number, digest)
    UNION
    SELECT file_id, source, id FROM once_digests ANTI JOIN counted_digests USING (file_id, row_number, digest)
),
counting AS (
    SELECT *, CAST(this_worth AS DECIMAL(18, 4)) AS worth FROM counted
    WHERE (file_id, source, this_id) IN (FROM touched)
    QUALIFY row_number() OVER (PARTITION BY file_id, source, this_key ORDER BY this_version) = 1
),
counting_once AS (
    SELECT *, CAST(this_worth AS DECIMAL(18, 4)) AS worth FROM once
    WHERE (file_id, source, this_id) IN (FROM touched)
    QUALIFY row_number() OVER (PARTITION BY file_id, source, this_key ORDER BY this_version) = 1
),
differing AS (
    SELECT file_id, source, this_id AS id, count(*) AS records
    FROM (
        SELECT * EXCLUDE (these_places) FROM counting EXCEPT ALL SELECT * EXCLUDE (these_places) FROM counting_once
    )
    GROUP BY ALL
),
now AS (SELECT file_id, source, this_id AS id, sum(worth) AS worth FROM counting GROUP BY ALL),
before AS (SELECT file_id, source, this_id AS id, sum(worth) AS worth FROM counting_once GROUP BY ALL)
SELECT d.file_id, 'this_kind' AS kind, d.source, CAST(d.id AS VARCHAR) AS id, d.records,
    n.worth - coalesce(b.worth, 0) AS money
FROM differing AS d
JOIN now AS n USING (file_id, source, id)
LEFT JOIN before AS b USING (file_id, source, id)
