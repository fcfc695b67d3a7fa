-- table: loop.actions
-- blocking: yes
-- An example is a comment that core publishes, with no e-mail address in it.
SELECT month, rank FROM loop.actions
WHERE example IS NOT NULL AND (
    regexp_matches(example, '[\p{L}\d]@[\p{L}\d]')
    OR example NOT IN (SELECT comment FROM core.responses WHERE comment IS NOT NULL)
)
