-- Addresses, ids and serving phone numbers of the people behind pseudonyms. Temporary relation: wanted (customer_id).
SELECT p.customer_id, i.identity
FROM (SELECT person, pseudonym(person) AS customer_id FROM (SELECT DISTINCT person FROM vault.raw.identities)) AS p
SEMI JOIN wanted USING (customer_id)
JOIN vault.raw.identities AS i USING (person)
