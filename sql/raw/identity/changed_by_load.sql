-- Identities whose person changes with a load: those of people who are joined (frame moved), and new ones (fresh).
WITH forgotten AS (SELECT DISTINCT identity, person FROM vault.raw.tombstones)
SELECT i.identity, m.person FROM vault.raw.identities AS i JOIN moved AS m ON i.person = m.node
UNION ALL
SELECT f.identity, coalesce(t.person, f.person) AS person FROM fresh AS f LEFT JOIN forgotten AS t USING (identity)
