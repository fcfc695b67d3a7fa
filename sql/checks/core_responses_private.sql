-- table: core.responses
-- blocking: yes
-- No e-mail address in a published comment.
SELECT response_id FROM core.responses WHERE regexp_matches(comment, '[A-Za-z0-9]@[A-Za-z0-9]')
