-- The records of JSON documents in order, and the text of what is no object (stray).
WITH parsed AS (
    -- The text stays only where it is no JSON: unnesting would copy a whole file beside each of its records.
    SELECT f.file_id, d.n, CASE WHEN json_valid(d.text) THEN d.text::JSON END AS document,
        CASE WHEN NOT json_valid(d.text) THEN d.text END AS text
    FROM documents AS d JOIN files_read AS f ON f.readable = d.filename
    WHERE trim(d.text, ' ' || chr(9) || chr(13) || chr(10)) <> ''
), placed AS (
    -- Extracting the top of a document would write it anew.
    SELECT file_id, n, text, CASE WHEN $path = '$' THEN document ELSE json_extract(document, $path) END AS place
    FROM parsed
), listed AS (
    SELECT file_id, n, text,
        CASE json_type(place) WHEN 'ARRAY' THEN from_json(place, '["JSON"]') ELSE [place] END AS items
    FROM placed
), single AS (
    SELECT file_id, n, text, unnest(items) AS record, generate_subscripts(items, 1) AS place FROM listed
)
SELECT file_id, row_number() OVER (PARTITION BY file_id ORDER BY n, place) AS row_number, record,
    CASE WHEN json_type(record) = 'OBJECT' THEN NULL ELSE coalesce(record::VARCHAR, text) END AS stray
FROM single
