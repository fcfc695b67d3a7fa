-- The columns of each kind of record, that is of each table of the vault with provenance, in the order of the DDL.
SELECT table_name, list({'name': column_name, 'type': data_type, 'required': NOT is_nullable} ORDER BY column_index)
FROM duckdb_columns()
WHERE database_name = 'vault' AND schema_name = 'raw'
GROUP BY table_name
HAVING bool_or(column_name = 'file_event_at')
ORDER BY table_name
