-- table: ops.files
-- blocking: no
-- Files that are not loaded: no format recognises them, or they could not be read.
SELECT path, status, reason FROM ops.files WHERE status IN ('unrecognised', 'failed') ORDER BY path
