-- Identities whose person is not the stored one, when all are made anew (frame people: node, person).
WITH forgotten AS (SELECT DISTINCT identity, person FROM vault.raw.tombstones)
SELECT p.node AS identity, coalesce(t.person, p.person) AS person
FROM people AS p LEFT JOIN forgotten AS t ON t.identity = p.node
EXCEPT
SELECT identity, person FROM vault.raw.identities
