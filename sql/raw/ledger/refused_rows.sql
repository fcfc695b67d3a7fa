-- Stores the refused rows of one kind, which the temporary view refused_now holds.
INSERT INTO vault.raw.rejected BY NAME
SELECT file_id, r.row_number, r.kind, refused->>'column' AS column_name, refused->>'reason' AS reason,
    coalesce(refused->>'value', refused->'record'->>(refused->>'column')) AS value,
    refused->>'allowed' AS allowed, refused->'record' AS record, r.source, r.record_key, r.identity,
    -- A file without a good row is dated by its refused ones.
    coalesce(t.file_event_at, max(r.event_at) OVER (PARTITION BY file_id)) AS event_at
FROM refused_now AS r LEFT JOIN file_times AS t USING (file_id)
