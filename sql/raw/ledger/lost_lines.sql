-- Stores the lines that are not a row.
INSERT INTO vault.raw.rejected BY NAME
SELECT file_id, l.row_number, k.kind, l.reason, l.value, l.allowed, k.source, t.file_event_at AS event_at
FROM lines_lost AS l JOIN first_kinds AS k USING (file_id) LEFT JOIN file_times AS t USING (file_id)
