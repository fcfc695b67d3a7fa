-- Checks that warned when this file was published.
SELECT unnest(warnings) AS check_name
FROM ops.publications
WHERE published_at = (SELECT max(published_at) FROM ops.publications)
ORDER BY check_name;
