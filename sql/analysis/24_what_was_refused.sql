-- What was refused, and why?
-- Rows that are in no figure until their file is mended; `allowed` says what would be taken. `northstar explain FILE`
-- shows what a file would do before it is loaded.
SELECT reason, kind, column_name, count(*) AS rows, min(value) AS example, min(allowed) AS allowed
FROM ops.rejected
WHERE superseded_by IS NULL
GROUP BY ALL
ORDER BY rows DESC, reason, column_name;
