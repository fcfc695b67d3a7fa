-- How many people have the number of the frame named (phone, identity): those with an address, else those with an id.
SELECT coalesce(nullif(count(DISTINCT person) FILTER (starts_with(person, 'e:')), 0), count(DISTINCT person))
FROM named AS n JOIN vault.raw.identities AS i USING (identity)
WHERE NOT starts_with(n.identity, 'p:')
