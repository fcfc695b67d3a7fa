-- table: ops.rejected
-- blocking: yes
-- Refused rows are shown with every letter masked as x and no long number; days and amounts keep their few words.
WITH texts AS (
    SELECT file_id, row_number, column_name, value AS text FROM ops.rejected WHERE value IS NOT NULL
    UNION ALL
    SELECT file_id, row_number, column_name, unnest(json_extract_string(record, '$.*')) FROM ops.rejected
)
SELECT DISTINCT file_id, row_number, column_name FROM texts
WHERE regexp_matches(text, '\d{7}')
    OR regexp_matches(text, '[^\P{L}x]') AND (
        contains(text, '@') OR NOT regexp_matches(text, '\d')
        -- Words of four letters and more are names of months and zones.
        OR list_filter(regexp_extract_all(strip_accents(text), '\p{L}{4,}'),
            lambda word: NOT regexp_full_match(word, 'x+|[A-Z]{4,5}|(?i:jan|feb|fev|mar|mei|maa|mai|may|mag|apr|abr|avr|'
                || 'jun|jui|jul|aug|aou|ago|sep|set|oct|okt|out|ott|nov|dec|dez|dic|gen|giu|lug|ene).*|'
                || '(?i:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?')) <> [])
