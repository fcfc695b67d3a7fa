-- table: nps.drivers
-- blocking: yes
-- An example is a comment that core publishes, with no e-mail address in it.
SELECT topic, text FROM (
    SELECT topic, unnest([example, detractor_example]) AS text FROM nps.drivers
)
WHERE text IS NOT NULL AND (
    regexp_matches(text, '[\p{L}\d]@[\p{L}\d]')
    OR text NOT IN (SELECT comment FROM core.responses WHERE comment IS NOT NULL)
)
