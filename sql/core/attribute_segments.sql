-- One dimension per name in NORTHSTAR_ATTRIBUTES, except country, which dimensions.sql has. An attribute named like
-- another dimension is called customer_<name>. Session: attributes. Temporary tables: dimensions, new_responses,
-- new_customers.
SELECT r.response_id, CASE WHEN lower(name) IN (SELECT column_name FROM (DESCRIBE dimensions)) OR lower(name) IN ('spend_tier', 'rfm_group')
    THEN 'customer_' || name ELSE name END AS dimension, coalesce(c.attributes[name], 'unknown') AS segment
FROM new_responses AS r
LEFT JOIN new_customers AS c USING (customer_id)
CROSS JOIN (SELECT unnest(getvariable('attributes')) AS name) AS names
WHERE name <> 'country'
