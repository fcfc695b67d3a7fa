-- One dimension per name of NORTHSTAR_ATTRIBUTES; country is a dimension of its own (response_segments.sql).
SELECT r.response_id, name AS dimension, coalesce(c.attributes[name], 'unknown') AS segment
FROM new_responses AS r
LEFT JOIN new_customers AS c USING (customer_id)
CROSS JOIN (SELECT unnest(getvariable('attributes')) AS name) AS names
WHERE name <> 'country'
