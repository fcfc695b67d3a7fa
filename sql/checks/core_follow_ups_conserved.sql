-- table: core.follow_ups
-- blocking: yes
-- Every dated contact of the vault is in core.follow_ups, once. Contacts of two records that are one answer may be one.
WITH landed AS (
    SELECT strpos(response_id, '@') > 0 AS has_address, is_dated IS NOT false AS is_dated, contacted_at,
        CASE WHEN source = 'canonical' THEN response_id ELSE source || ':' || response_id END AS full_id
    FROM (SELECT DISTINCT source, response_id, contacted_at, is_dated FROM vault.raw.follow_ups)
)
SELECT * FROM (
    SELECT (SELECT count(*) FROM (
            SELECT DISTINCT coalesce(s.superseded_by, f.full_id), f.contacted_at
            FROM landed AS f
            LEFT JOIN ops.superseded AS s ON s.response_id = f.full_id
            WHERE f.is_dated AND NOT f.has_address
        )) AS landed,
        (SELECT count(*) FROM core.follow_ups WHERE is_dated) AS conformed,
        -- Ids with an address in them are pseudonyms in core, which a check cannot make.
        (SELECT count(*) FROM landed WHERE has_address) AS with_address
) WHERE conformed NOT BETWEEN landed AND landed + with_address
