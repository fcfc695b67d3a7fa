-- Google Forms: people with an address who submitted the form and left the recommendation question blank.
-- source: google_forms
-- recognised by: Timestamp, is_recommendation(*)
-- also reads: Email Address, Username, *
WITH files AS (
    SELECT file_id, bool_or(tells_day_first("Timestamp")) AS day_first FROM input GROUP BY file_id
),
given AS (
    SELECT i.*, cells(i) AS filled, written_time("Timestamp", day_first) AS written,
        parse_time(written_time("Timestamp", day_first)) AS answered,
        coalesce(clean("Email Address"), clean("Username"), clean(email_in(cells(i)))) AS address
    FROM input AS i JOIN files AS f ON f.file_id = i.file_id
)
SELECT
    g.file_id,
    g.row_number,
    concat_ws('-',
        coalesce(strftime(answered AT TIME ZONE 'UTC', '%Y%m%dT%H%M%SZ'), written),
        coalesce(parse_score(clean(filled[s.question]))::VARCHAR, 'x'),
        row_number() OVER (PARTITION BY g.file_id, answered, clean(filled[s.question]) ORDER BY g.row_number)
    ) AS invitation_id,
    written AS invited_at,
    address AS customer_email,
    customer_in(filled) AS customer_id,
    true AS opened
FROM given AS g JOIN recommendation_columns('input') AS s ON s.file_id = g.file_id
WHERE clean(filled[s.question]) IS NULL AND address IS NOT NULL AND NOT is_other_scale(s.question)
