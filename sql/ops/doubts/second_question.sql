-- A file has a second recommendation question, whose answers do not count.
SELECT file_id, kind, label(subject) AS subject, records, CAST(NULL AS DECIMAL(18, 2)) AS money,
    published_id(source, example) AS example,
    'the file asks this too, and only one question counts: NORTHSTAR_QUESTION or a format of your own chooses it.' AS advice
FROM vault.raw.doubts WHERE doubt = 'second_question'
