-- ops.rejected from the vault, every value masked.
-- A refused row is superseded by another content that is not older (by its latest event) and that either
--   holds an accepted version of the same record: same kind, source and key; or
--   is a newer version of the row's file: it has every accepted record of that file in the same row, and accepts the
--   refused row too. (This finds rows whose key cannot be read and lines that are no row.)
-- Names, times and order of files do not matter; superseded_by is the oldest such content.
WITH refused AS (
    SELECT row_number() OVER () AS n, *, CAST(record AS MAP(VARCHAR, VARCHAR)) AS fields FROM vault.raw.rejected
), by_key AS (
    SELECT r.n, arg_min(a.file_id, (a.event_at, a.file_id)) AS superseded_by
    FROM refused AS r
    JOIN accepted_records AS a ON (a.kind, a.source, a.record_key) = (r.kind, r.source, r.record_key)
    WHERE a.file_id <> r.file_id AND coalesce(a.event_at >= r.event_at, true)
    GROUP BY r.n
), missing AS (
    SELECT * FROM refused WHERE n NOT IN (SELECT n FROM by_key)
), candidates AS (
    SELECT DISTINCT kind, source, record_key, file_id, row_number FROM accepted_records
    WHERE (kind, source) IN (SELECT (kind, source) FROM missing) AND record_key IS NOT NULL
), old AS (
    SELECT *, count(*) OVER (PARTITION BY kind, source, file_id) AS records FROM candidates
    WHERE file_id IN (SELECT file_id FROM missing)
), versions AS (
    SELECT o.kind, o.source, o.file_id, t.file_id AS newer
    FROM old AS o JOIN candidates AS t USING (kind, source, record_key, row_number)
    WHERE o.file_id <> t.file_id
    GROUP BY ALL HAVING count(*) = any_value(o.records)
), by_place AS (
    SELECT m.n, arg_min(a.file_id, (a.event_at, a.file_id)) AS superseded_by
    FROM missing AS m
    JOIN versions AS v USING (kind, source, file_id)
    JOIN accepted_records AS a ON (a.kind, a.file_id, a.row_number) = (m.kind, v.newer, m.row_number)
    WHERE coalesce(a.event_at >= m.event_at, true)
    GROUP BY m.n
)
SELECT file_id, row_number, kind, column_name, reason, masked_value(value) AS value, allowed,
    CAST(to_json(map(
        map_keys(fields), list_transform(map_values(fields), lambda value: masked_value(value))
    )) AS JSON) AS record,
    coalesce(by_key.superseded_by, by_place.superseded_by) AS superseded_by
FROM refused LEFT JOIN by_key USING (n) LEFT JOIN by_place USING (n)
ORDER BY file_id, row_number, kind
