-- One dimension per name of NORTHSTAR_ATTRIBUTES; country is a dimension of its own (dimensions.sql), and an
-- attribute of the name of another dimension is called customer_<name>. Temporary tables: dimensions, new_responses.
SELECT r.response_id, CASE WHEN lower(name) IN (SELECT column_name FROM (DESCRIBE dimensions)) OR lower(name) = 'spend_tier'
    THEN 'customer_' || name ELSE name END AS dimension, coalesce(c.attributes[name], 'unknown') AS segment
FROM new_responses AS r
LEFT JOIN new_customers AS c USING (customer_id)
CROSS JOIN (SELECT unnest(getvariable('attributes')) AS name) AS names
WHERE name <> 'country'
