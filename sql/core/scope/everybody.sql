-- Every identity with the pseudonym of its person.
SELECT identity, pseudonym(person) AS customer_id FROM vault.raw.identities
