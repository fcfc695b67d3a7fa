-- Refused rows by file, column and reason, the most frequent first: with a value as it may be shown, and what is allowed.
SELECT file_id, column_name, reason, count(*) AS rows, arg_min(value, row_number), arg_min(allowed, row_number)
FROM ops.rejected
WHERE superseded_by IS NULL
GROUP BY file_id, column_name, reason
ORDER BY file_id, rows DESC, column_name, reason
