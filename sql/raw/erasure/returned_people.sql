-- Stored identities of forgotten people: they may have returned, under addresses and ids that no landed row names.
SELECT i.identity AS a, t.person AS b
FROM vault.raw.identities AS i
JOIN (SELECT DISTINCT keyed, person FROM vault.raw.tombstones) AS t ON t.keyed = ruled(i.identity)
