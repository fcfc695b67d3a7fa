-- The identities that accepted requests name; an id may be written as source:id.
SELECT DISTINCT
    unnest(list_filter(
        [
            identity,
            id_identity(source, customer_id),
            phone_identity,
            CASE WHEN strpos(customer_id, ':') > 0 THEN 'i:' || customer_id END
        ],
        lambda i: i IS NOT NULL
    )) AS node,
    identity AS other,
    requested_at
FROM checked_erasures
WHERE refused IS NULL AND identity IS NOT NULL
