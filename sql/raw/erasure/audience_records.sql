-- The records of a file of audiences that name nobody who is forgotten: neither by an address, before which an apostrophe
-- may stand, nor by the SHA-256 of an address or phone number. The hash is known only of those forgotten in this session.
-- Temporary: audience_records (place, record), forgotten_now.
SELECT record FROM audience_records
WHERE NOT coalesce(is_forgotten(list_concat(addresses(record), addresses(replace(record, '''', '')))), false)
    AND NOT coalesce(list_has_any(
        regexp_extract_all(record, '[0-9a-f]{64}'),
        (SELECT list(sha256(CASE WHEN starts_with(identity, 'p:') THEN ltrim(identity[3:], '+') ELSE identity[3:] END))
        FROM forgotten_now)
    ), false)
ORDER BY place
