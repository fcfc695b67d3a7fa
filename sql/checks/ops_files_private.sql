-- table: ops.files
-- blocking: yes
-- No e-mail address in a path or reason.
SELECT file_id FROM ops.files WHERE regexp_matches(concat_ws(' ', path, format, kind, reason),
    '[^\s(@]@[^\s@.]+[.][^\s@.]{2}')
