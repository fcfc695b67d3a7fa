-- Typeform: people with an address who opened the form and left the recommendation question blank.
-- source: typeform
-- recognised by: #, Start Date (UTC), Submit Date (UTC), is_recommendation(*)
-- also reads: Network ID, Response Type, Stage Date (UTC), Ending, Tags, *
SELECT
    i.file_id,
    i.row_number,
    "#" AS invitation_id,
    clean("Start Date (UTC)") || ' Z' AS invited_at,
    email_in(cells(i)) AS customer_email,
    customer_in(cells(i)) AS customer_id,
    true AS opened
FROM input AS i JOIN recommendation_columns('input') AS s ON s.file_id = i.file_id
WHERE clean(cells(i)[s.question]) IS NULL AND clean(email_in(cells(i))) IS NOT NULL AND NOT is_other_scale(s.question)
