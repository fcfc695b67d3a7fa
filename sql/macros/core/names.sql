-- Names of people, for comparison only: they are never published.

-- A name as a set of words: LEE, Ann and Ánn Lee are one.
CREATE OR REPLACE TEMP MACRO person_name(name) AS nullif(array_to_string(list_sort(list_distinct(
    regexp_extract_all(strip_accents(lower(name)), '\p{L}+'))), ' '), '');
