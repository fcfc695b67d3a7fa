-- Microsoft Forms: the workbook saved as CSV. Ids count from 1 in every form, so the time is part of an answer's id.
-- Times have no zone (the business zone), month first unless a first number is above 12. A question on 1 to 10, the
-- default there, is refused as wrong_scale: no conversion turns it into the scale of the recommendation question.
-- source: microsoft_forms
-- recognised by: Id, Start Time, Completion Time, is_recommendation(*)
-- also reads: Email, Name, *
WITH files AS (
    SELECT file_id, bool_or(tells_day_first("Start Time") OR tells_day_first("Completion Time")) AS day_first
    FROM input GROUP BY file_id
),
given AS (SELECT i.*, cells(i) AS filled, day_first FROM input AS i JOIN files AS f ON f.file_id = i.file_id)
SELECT
    g.file_id,
    g.row_number,
    clean("Id") || '-' || replace(written_time("Completion Time", day_first), ' ', 'T') AS response_id,
    written_time("Completion Time", day_first) AS responded_at,
    filled[s.question] AS score,
    CASE WHEN clean("Email") LIKE '%@%' THEN "Email" END AS customer_email,
    filled[reason_after(filled, s.place)] AS comment,
    other_answers(filled, [
        'file_id', 'row_number', 'day_first', 'Id', 'Start Time', 'Completion Time', 'Email', 'Name', 'Last modified time',
        s.question, reason_after(filled, s.place)
    ]) AS answers,
    CASE
        WHEN s.question IS NULL THEN 'not_nps'
        WHEN is_other_scale(s.question) THEN 'wrong_scale'
        WHEN clean(filled[s.question]) IS NULL THEN 'partial'
    END AS reject,
    CASE WHEN s.question IS NULL OR is_other_scale(s.question) THEN 'score' END AS reject_column,
    CASE WHEN s.question IS NULL THEN no_recommendation() END AS reject_allowed
FROM given AS g LEFT JOIN recommendation_columns('input') AS s ON s.file_id = g.file_id
