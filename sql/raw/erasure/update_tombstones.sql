-- Gives the tombstones of a set its one person and its latest request.
UPDATE vault.raw.tombstones AS t SET person = s.person, requested_at = s.requested_at
FROM people AS p JOIN sets AS s ON s.name = p.person
WHERE p.node = t.person AND (t.person, t.requested_at) <> (s.person, s.requested_at)
