-- The times of the columns that hold nothing but times which can be read in one way only, as ISO 8601, with a month's name
-- or as seconds since 1970, in the undecided files; is_export: the column says when its row was exported.
-- Temporary tables: input, undecided (files that need an order of day and month which no day of them shows).
WITH cells AS (
    SELECT file_id, row_number, column_name, clean(text) AS text
    FROM (
        UNPIVOT (FROM input SEMI JOIN undecided USING (file_id))
        ON COLUMNS(* EXCLUDE (file_id, row_number)) INTO NAME column_name VALUE text
    )
    WHERE clean(text) IS NOT NULL
),
read AS (
    SELECT text, parse_time(unix_time(text)) AS moment
    FROM (SELECT DISTINCT text FROM cells)
    WHERE length(text) <= 50 AND regexp_matches(text, '^(?:\d{4}[-/.]\d|\d{9,10}(?:\.\d+)?$|\d{12,13}$|\d{1,2}[-/.]\d{1,2}[-/.]\d'
        || '|(?:\pL+\.?,? )?(?:\pL{3,}\.?[ -]\d{1,2}\b|\d{1,2}(?:st|nd|rd|th|\.)?[ -](?:de )?\pL{3}))')
),
times AS (
    SELECT file_id, column_name FROM cells LEFT JOIN read USING (text)
    GROUP BY ALL
    HAVING bool_and(coalesce(moment BETWEEN '1990-01-01 00:00+00'::TIMESTAMPTZ AND '2100-01-01 00:00+00'::TIMESTAMPTZ, false))
)
SELECT file_id, row_number, column_name, moment,
    regexp_full_match(replace(lower(column_name), '_', ' '),
        '(?:export|exported|download|downloaded|report|report generated|extracted)(?: (?:at|on|date|time))?|exportdatum')
        AS is_export
FROM cells JOIN read USING (text) SEMI JOIN times USING (file_id, column_name)
