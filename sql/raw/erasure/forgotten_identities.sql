-- The identities of the frame sets, with the random identity that stands in for each since an earlier request.
SELECT p.node AS identity, s.person, s.requested_at, t.identity AS alias
FROM people AS p
JOIN sets AS s ON s.name = p.person
LEFT JOIN (SELECT DISTINCT keyed, identity FROM vault.raw.tombstones) AS t ON t.keyed = keyed(p.node, '')
WHERE NOT starts_with(p.node, 'x:')
ORDER BY ALL
