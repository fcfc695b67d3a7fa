-- Rows of one file have the same id and contradict each other in what the id must fix.
SELECT file_id, kind, subject, records, CAST(NULL AS DECIMAL(18, 2)) AS money, published_id(source, example) AS example,
    'rows with one id differ in ' || subject || ', so only one of them counts: was the id cut or rounded by a program '
        || 'that saved the file? Export it again.' AS advice
FROM vault.raw.doubts WHERE doubt = 'contradicting_id'
