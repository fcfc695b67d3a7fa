-- table: nps.drivers
-- blocking: yes
-- An example is a comment that core publishes, with no e-mail address in it.
SELECT topic, example FROM nps.drivers
WHERE regexp_matches(example, '[\p{L}\d]@[\p{L}\d]')
    OR example NOT IN (SELECT comment FROM core.responses WHERE comment IS NOT NULL)
