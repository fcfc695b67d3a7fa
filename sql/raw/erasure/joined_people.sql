-- How many tombstones name a person who turned out to be one with another forgotten person.
SELECT count(*)
FROM vault.raw.tombstones AS t
JOIN people AS p ON p.node = t.person
JOIN sets AS s ON s.name = p.person
WHERE t.person <> s.person
