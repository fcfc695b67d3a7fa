-- The files that core has not applied yet. Session: applied_load.
SELECT file_id FROM vault.raw.files WHERE load_id > getvariable('applied_load')
