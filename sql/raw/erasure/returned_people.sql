-- Stored identities of people with a tombstone: they came again, under addresses and ids that the landed rows need not
-- name.
SELECT i.identity AS a, t.person AS b
FROM vault.raw.identities AS i
JOIN (SELECT DISTINCT keyed, person FROM vault.raw.tombstones) AS t ON t.keyed = ruled(i.identity)
