-- Whom the identities in the frame linked (a, b) belong to, as pairs (a: identity, b: person): the stored person of
-- each, with all identities of that person, and the forgotten person of those that have a tombstone.
WITH nodes AS (SELECT a AS identity FROM linked UNION SELECT b FROM linked),
stored AS (
    SELECT identity, person FROM vault.raw.identities WHERE person IN (
        SELECT person FROM vault.raw.identities SEMI JOIN nodes USING (identity))
)
SELECT identity AS a, person AS b FROM stored
UNION
SELECT n.identity, t.person
FROM (FROM nodes UNION SELECT identity FROM stored) AS n
JOIN vault.raw.tombstones AS t ON t.keyed = ruled(n.identity)
