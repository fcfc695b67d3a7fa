-- Stores a tombstone for every new identity under each set of e-mail rules: a change of rules must not lose a request.
INSERT INTO vault.raw.tombstones
SELECT DISTINCT keyed(n.identity, r.rules), f.alias, n.person, n.requested_at
FROM named AS n
JOIN forgotten_now AS f USING (identity)
CROSS JOIN (SELECT unnest($rules::VARCHAR[]) AS rules) AS r
WHERE n.is_new
ORDER BY ALL
