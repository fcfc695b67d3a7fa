-- table: ops.doubts
-- blocking: yes
-- No doubt shows an e-mail address.
SELECT doubt, file_id, kind FROM ops.doubts WHERE strpos(concat_ws(' ', subject, example, advice), '@') > 0
