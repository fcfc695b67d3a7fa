-- SurveyMonkey: people with an address who opened the survey and left the recommendation question blank.
-- The file does not say when they were invited: the time they opened the survey is used. The id is the answer's.
-- source: surveymonkey
-- recognised by: Respondent ID, Collector ID, Start Date, End Date, is_recommendation(*)
-- also reads: Email Address, *
-- header rows: 2
SELECT
    i.file_id,
    i.row_number,
    "Respondent ID" AS invitation_id,
    "Start Date" AS invited_at,
    "Email Address" AS customer_email,
    true AS opened
FROM input AS i
JOIN recommendation_columns('input') AS s ON s.file_id = i.file_id
WHERE clean(cells(i)[s.question]) IS NULL AND clean("Email Address") IS NOT NULL AND NOT is_other_scale(s.question)
