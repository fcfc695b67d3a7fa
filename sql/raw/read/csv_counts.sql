-- Where the rows of each CSV file begin in the table staged, how many there are, and whether they came in order.
-- staged_from is NULL where one file was read alone.
SELECT f.file_id, f.readable, coalesce(s.first_row, 0) AS first_row, coalesce(s.rows, 0) AS rows, s.in_order
FROM files_read AS f
LEFT JOIN (
    SELECT staged_from, min(rowid) AS first_row, count(*) AS rows, max(rowid) - min(rowid) + 1 = count(*) AS in_order
    FROM staged
    GROUP BY staged_from
) AS s ON s.staged_from IS NOT DISTINCT FROM f.staged_from
