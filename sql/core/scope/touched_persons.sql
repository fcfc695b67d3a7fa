-- The people of the touched identities with their pseudonyms. Temporary table: touched_identities.
SELECT person, pseudonym(person) AS customer_id
FROM (SELECT DISTINCT person FROM vault.raw.identities SEMI JOIN touched_identities USING (identity))
