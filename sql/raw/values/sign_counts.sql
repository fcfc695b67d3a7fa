-- What the amounts of one column show about its decimal sign, by file. Temporary tables: landed, written_numbers.
SELECT l.file_id, 'this_column' AS column_name,
    count(*) FILTER (n.shows = '.' OR n.text IS NULL AND regexp_matches(l.this_text, '\.(\d{1,2}|\d{4,})$')) AS points,
    count(*) FILTER (n.shows = ',' OR n.text IS NULL AND regexp_matches(l.this_text, ',\d{1,2}$')) AS commas,
    count(*) FILTER (n.lone = '.') AS lone_points,
    count(*) FILTER (n.lone = ',') AS lone_commas,
    count(*) FILTER (regexp_full_match(l.this_text, '-?\d{4,}')) AS ungrouped
FROM landed AS l LEFT JOIN written_numbers AS n ON n.text = l.this_text
WHERE l.this_text IS NOT NULL
GROUP BY l.file_id
