-- Files with records that name nobody, but an order or an answer of the person whose identities stand in table aliases.
SELECT file_id FROM vault.raw.order_lines
WHERE (source, impersonal(order_id)) IN (
    SELECT (source, order_id) FROM forgotten_orders WHERE identity IN (SELECT identity FROM aliases)
)
UNION
SELECT file_id FROM vault.raw.responses
WHERE (source, response_id) IN (
    SELECT (source, response_id) FROM forgotten_answers WHERE identity IN (SELECT identity FROM aliases)
)
UNION
SELECT file_id FROM vault.raw.follow_ups
WHERE lower(impersonal(response_id)) IN (
    SELECT unnest([lower(response_id), lower(published_id(source, response_id))])
    FROM forgotten_answers WHERE identity IN (SELECT identity FROM aliases)
)
