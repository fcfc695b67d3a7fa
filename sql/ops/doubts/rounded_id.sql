-- An optional id, such as a customer's, was rounded by a spreadsheet, so the record has none.
SELECT file_id, kind, subject, records, CAST(NULL AS DECIMAL(18, 2)) AS money, published_id(source, example) AS example,
    'ids were rounded by a spreadsheet, so these records have none: export the file again without opening it.' AS advice
FROM vault.raw.doubts WHERE doubt = 'rounded_id'
