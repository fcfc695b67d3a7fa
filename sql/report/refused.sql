-- Rows that were refused, by reason; ops.rejected has every one with file, row, column, value and what is allowed.
SELECT kind, column_name, reason, count(*) AS rows
FROM ops.rejected
WHERE superseded_by IS NULL
GROUP BY ALL
ORDER BY rows DESC, kind, column_name, reason;
