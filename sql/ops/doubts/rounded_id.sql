-- Ids were rounded by a spreadsheet: records may have become one, or an optional id, such as a customer's, is missing.
SELECT file_id, kind, subject, records, CAST(NULL AS DECIMAL(18, 2)) AS money, published_id(source, example) AS example,
    'a spreadsheet rounded these ids, so that different ones may be equal or missing: export the file again without '
        || 'opening it.' AS advice
FROM vault.raw.doubts WHERE doubt = 'rounded_id'
