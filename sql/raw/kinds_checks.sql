-- The CHECKs of the vault's tables, in the order of the DDL, with the columns each is about.
SELECT table_name, expression, constraint_column_names
FROM duckdb_constraints()
WHERE database_name = 'vault' AND schema_name = 'raw' AND constraint_type = 'CHECK'
ORDER BY table_name, constraint_index
