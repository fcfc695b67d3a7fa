-- The identities of the people in scope, with the pseudonym and the number of their person (the row of persons).
-- Temporary table: persons.
SELECT i.identity, p.customer_id, p.rowid AS person_no
FROM vault.raw.identities AS i
JOIN persons AS p USING (person)
