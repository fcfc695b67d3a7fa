-- Google Forms: people with an address who submitted the form and left the recommendation question blank.
-- source: google_forms
-- recognised by: is_recommendation(*)
-- places: 1 time
-- not with: names_response_id(*), names_completion(*), names_metric(*)
-- also reads: *
WITH given AS (
    SELECT file_id, row_number, cells(i) AS filled, map_values(cells(i))[3] AS written,
        coalesce(email_in(cells(i)), cells(i)[respondent_column(cells(i))]) AS address
    FROM input AS i
),
scored AS (
    SELECT g.*, s.question, clean(filled[s.question]) AS score,
        unordered_time(clean(written)) AS moment, parse_score(clean(filled[s.question])) AS points
    FROM given AS g JOIN recommendation_columns('input') AS s ON s.file_id = g.file_id
)
SELECT
    file_id,
    row_number,
    answer_id(file_id, row_number, moment, lower(clean(address)), points) AS invitation_id,
    written AS invited_at,
    address AS customer_email,
    customer_in(filled) AS customer_id,
    true AS opened
FROM scored
WHERE score IS NULL AND address IS NOT NULL AND NOT is_other_scale(question)
