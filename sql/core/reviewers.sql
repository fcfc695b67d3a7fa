-- The identities of the people in scope, and of those whose reviews landed, with their pseudonyms.
-- Temporary tables: persons, people, new_files.
SELECT identity, customer_id FROM people
UNION ALL
SELECT identity, pseudonym(person) FROM vault.raw.identities
WHERE person IN (
    SELECT person FROM vault.raw.identities
    WHERE identity IN (SELECT identity FROM vault.raw.reviews_given SEMI JOIN new_files USING (file_id))
    EXCEPT
    SELECT person FROM persons
)
