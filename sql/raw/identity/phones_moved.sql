-- The serving numbers whose person is not the stored one: person now (NULL: no record names the number any longer) and
-- earlier. A number is the one person's whose records name it with an address; else the one's who name it with an id, for
-- tools number the same people anew; else its own. Temporary table: phones_named (phone, identity).
WITH owned AS (
    SELECT n.phone, i.person
    FROM phones_named AS n
    LEFT JOIN vault.raw.identities AS i ON i.identity = n.identity AND n.identity <> n.phone
),
wanted AS (
    SELECT phone, CASE
        WHEN count(DISTINCT person) FILTER (starts_with(person, 'e:')) = 1 THEN min(person)
        WHEN count(DISTINCT person) = 1 THEN min(person)
        ELSE phone END AS person
    FROM owned GROUP BY phone
)
SELECT coalesce(w.phone, i.identity) AS phone, w.person, i.person AS earlier
FROM wanted AS w
FULL JOIN (FROM vault.raw.identities WHERE starts_with(identity, 'p:')) AS i ON i.identity = w.phone
WHERE w.person IS DISTINCT FROM i.person
