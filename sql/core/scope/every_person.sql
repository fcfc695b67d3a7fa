-- Every person with their pseudonym.
SELECT person, pseudonym(person) AS customer_id FROM (SELECT DISTINCT person FROM vault.raw.identities)
