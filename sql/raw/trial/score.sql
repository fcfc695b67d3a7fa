-- The score of one file's answers, the last version of each, in points; and their number.
SELECT 100 * avg(CASE WHEN score >= 9 THEN 1 WHEN score <= 6 THEN -1 ELSE 0 END), count(*)
FROM (
    SELECT * FROM raw.responses WHERE file_id = $file
    QUALIFY row_number() OVER (PARTITION BY source, response_id ORDER BY updated_at DESC NULLS LAST, row_number DESC) = 1
)
