-- Notes the files in which every id of this_column with more than 15 digits ends in zeros from the 16th on, as a number does
-- that a spreadsheet kept: with four such zeros or more that is no chance.
INSERT INTO vault.raw.doubts BY NAME
SELECT file_id, 'rounded_id' AS doubt, 'this_kind' AS kind, 'this_column' AS subject, sum(rows) AS records, source,
    min(example) AS example
FROM (
    SELECT file_id, source, this_column AS id, count(*) AS rows, min(CAST(this_id AS VARCHAR)) AS example
    FROM checked_this_kind WHERE refused IS NULL AND length(this_column) > 15 AND regexp_full_match(this_column, '\d+')
    GROUP BY ALL
)
GROUP BY file_id, source
HAVING bool_and(regexp_full_match(id, '\d{15}0+')) AND sum(length(id) - 15) >= 4
