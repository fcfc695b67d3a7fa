-- ops.rejected, projected from the vault with every value masked.
SELECT file_id, row_number, kind, column_name, reason, masked_value(value) AS value, allowed,
    CAST(to_json(map(
        map_keys(fields), list_transform(map_values(fields), lambda value: masked_value(value))
    )) AS JSON) AS record
FROM (SELECT *, CAST(record AS MAP(VARCHAR, VARCHAR)) AS fields FROM vault.raw.rejected)
ORDER BY file_id, row_number, kind
