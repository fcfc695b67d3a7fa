-- Each connected set of the frame people (node, person) that a tombstone or a request reaches: the person of its
-- tombstones, if it has any, and the latest request.
SELECT p.person AS name, min(t.person) AS person, max(t.requested_at) AS requested_at
FROM people AS p
JOIN (
    SELECT person AS node, person, requested_at FROM vault.raw.tombstones
    UNION ALL SELECT node, NULL, requested_at FROM requests
) AS t USING (node)
GROUP BY ALL
ORDER BY ALL
