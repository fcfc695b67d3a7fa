-- The fields of each row in the table lines, and whether it is a row of the file's width.
SELECT row_number() OVER (ORDER BY first_line) - $header_rows AS row_number, first_line, text,
    list_transform(regexp_extract_all(text || $delimiter, $field, 1), lambda f:
        CASE WHEN length(f) > 1 AND starts_with(f, '"') AND ends_with(f, '"')
        THEN replace(f[2:-2], '""', '"') ELSE f END) AS fields,
    regexp_full_match(text, $whole)
        AND len(list_filter(fields[$width + 1:], lambda f: trim(f) <> '')) = 0
        AND NOT (is_last AND len(fields) < $width) AS is_row
FROM lines
