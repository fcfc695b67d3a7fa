-- The records inside Singer's messages, Airbyte's messages and Airbyte's raw rows, by stream: one JSON text a line, in
-- order. A line that cannot be unwrapped passes as it is, to be refused, after the others. wrapped has n and text.
WITH parsed AS (
    SELECT n, text, CASE WHEN json_valid(text) THEN text::JSON END AS line FROM wrapped
    WHERE trim(text, ' ' || chr(9) || chr(13) || chr(10)) <> ''
), unwrapped AS (
    SELECT n, text, line->>'$.type' AS type, coalesce(line->>'$.stream', line->>'$.record.stream') AS stream,
        CASE
            WHEN json_type(line->'$._airbyte_data') = 'OBJECT' THEN line->'$._airbyte_data'
            WHEN json_valid(line->>'$._airbyte_data') THEN (line->>'$._airbyte_data')::JSON
            WHEN type <> 'RECORD' THEN NULL
            -- Singer names the stream beside the record, Airbyte within it.
            WHEN json_type(line->'$.stream') IS NULL AND json_type(line->'$.record.data') = 'OBJECT'
                THEN line->'$.record.data'
            WHEN json_type(line->'$.record') = 'OBJECT' THEN line->'$.record'
        END AS record
    FROM parsed
), placed AS (
    SELECT n, record IS NULL AS is_stray, coalesce(json_extract(record, '$')::VARCHAR, text) AS text,
        CASE WHEN record IS NULL THEN (SELECT min(stream) FROM unwrapped WHERE record IS NOT NULL) ELSE stream END AS stream
    FROM unwrapped
    WHERE record IS NOT NULL OR type IS NULL OR type = 'RECORD'
)
SELECT coalesce(stream, 'records') AS stream, string_agg(text, chr(10) ORDER BY is_stray, n) || chr(10) AS text
FROM placed
GROUP BY ALL
ORDER BY stream
