-- The pseudonyms of the people in scope, and those they had before: of any of their identities. Temporary table:
-- people.
SELECT customer_id FROM people
UNION
SELECT pseudonym(identity) FROM people
