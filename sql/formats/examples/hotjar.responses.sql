-- EXAMPLE, not active. Hotjar publishes no header of its export: the column names below are made up. Replace them with
-- those of your own file, save the file in {NORTHSTAR_HOME}/formats/ and try it with `northstar explain FILE`.
-- Shows: a column per question, the score's recognised by its text (is_recommendation), the comment's as the first
-- question for a reason after it, everything else as answers. Anonymous visitors count, and belong to no customer.
-- recognised by: Number, Date Submitted, Hotjar User ID, is_recommendation(*)
-- also reads: User, Country, Source URL, Device, Browser, OS, *
WITH given AS (SELECT *, cells(i) AS filled FROM input AS i)
SELECT
    g.file_id,
    g.row_number,
    "Hotjar User ID" || '-' || "Number" AS response_id,
    "Date Submitted" AS responded_at,
    filled[s.question] AS score,
    "User" AS customer_id,
    filled[reason_after(filled, s.place)] AS comment,
    'website' AS channel,
    other_answers(filled, [
        'file_id', 'row_number', 'Number', 'Date Submitted', 'Hotjar User ID', 'User', 'Country', 'Source URL', 'Device',
        'Browser', 'OS', s.question, reason_after(filled, s.place)
    ]) AS answers,
    CASE WHEN s.question IS NULL THEN 'not_nps' WHEN clean(filled[s.question]) IS NULL THEN 'partial' END AS reject,
    CASE WHEN s.question IS NULL THEN no_recommendation() END AS reject_allowed,
    "Source URL" AS page
FROM given AS g LEFT JOIN recommendation_columns('input') AS s ON s.file_id = g.file_id
