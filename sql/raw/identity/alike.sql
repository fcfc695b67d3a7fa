-- Pairs of e-mail identities that have one form under the rules, among those of the frame landed_nodes and, if
-- with_stored, the stored ones. b is the least identity of a form.
WITH landed AS (
    SELECT identity, email_form(identity, $rules) AS form FROM landed_nodes WHERE starts_with(identity, 'e:')
), several AS (
    FROM landed
    UNION
    SELECT identity, email_form(identity, $rules) AS form FROM vault.raw.identities
    WHERE $with_stored AND starts_with(identity, 'e:') AND form IN (SELECT form FROM landed)
)
SELECT identity AS a, min(identity) OVER (PARTITION BY form) AS b FROM several QUALIFY a <> b
