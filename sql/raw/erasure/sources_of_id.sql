-- The sources in which an id is somebody's, or a forgotten person's.
SELECT DISTINCT source
FROM (
    SELECT DISTINCT source FROM vault.raw.orders
    UNION SELECT DISTINCT source FROM vault.raw.responses
    UNION SELECT DISTINCT source FROM vault.raw.customers
    UNION SELECT DISTINCT source FROM vault.raw.invitations
)
WHERE id_identity(source, $id) IN (SELECT identity FROM vault.raw.identities)
    OR keyed(id_identity(source, $id), '') IN (SELECT keyed FROM vault.raw.tombstones)
ORDER BY source
