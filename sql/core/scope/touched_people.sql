-- The people of the touched identities, with all their identities. Temporary table: touched_identities.
SELECT identity, pseudonym(person) AS customer_id FROM vault.raw.identities
WHERE person IN (SELECT person FROM vault.raw.identities SEMI JOIN touched_identities USING (identity))
