-- table: ops.rejected
-- blocking: yes
-- Refused rows are shown with every letter masked as x and no long number.
SELECT file_id, row_number, column_name FROM ops.rejected
WHERE regexp_matches(value, '[^\P{L}x]') OR regexp_matches(value, '\d{7}')
    OR list_any_value(list_filter(json_extract_string(record, '$.*'),
        lambda text: regexp_matches(text, '[^\P{L}x]') OR regexp_matches(text, '\d{7}'))) IS NOT NULL
