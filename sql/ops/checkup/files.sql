-- What became of each landed path: the ledger's row with days in the business zone. A duplicate has no rows of its own.
SELECT o.path, o.status, o.format, o.kind, o.reason, o.rows, o.accepted, o.rejected,
    business_date(f.first_event_at), business_date(f.last_event_at), o.file_id
FROM ops.files AS o
LEFT JOIN vault.raw.files AS f USING (file_id)
ORDER BY o.path
