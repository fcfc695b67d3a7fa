-- Google Forms, in any language: the form's own CSV ("2020/10/30 3:08:44 PM GMT+1") or the linked sheet's, whose times
-- follow the sheet's locale and have no zone (the business zone). The first column is the time of the answer, named in the
-- language of whoever made the form; an address, if the form collects it, follows.
-- An answer has no id: what was written as its time, with day and month unordered, the respondent, the score and a place
-- among equal rows serve as one. So the same answer has the same id in every later export, in every locale, however its
-- date is read. An edited answer gets a new time and cannot be told from a new answer.
-- Land one form only, or give each form a format with a source of its own.
-- source: google_forms
-- recognised by: is_recommendation(*)
-- places: 1 time
-- not with: names_response_id(*), names_completion(*), names_metric(*)
-- also reads: *
WITH given AS (
    SELECT file_id, row_number, cells(i) AS filled, map_keys(cells(i))[3] AS time_column, map_values(cells(i))[3] AS written,
        respondent_column(cells(i)) AS respondent
    FROM input AS i
),
scored AS (
    SELECT g.*, coalesce(email_in(filled), filled[respondent]) AS address, s.question, s.place, s.others,
        clean(filled[s.question]) AS score, unordered_time(clean(written)) AS moment, parse_score(clean(filled[s.question])) AS points
    FROM given AS g LEFT JOIN recommendation_columns('input') AS s ON s.file_id = g.file_id
)
SELECT
    file_id,
    row_number,
    answer_id(file_id, row_number, moment, lower(clean(address)), points) AS response_id,
    written AS responded_at,
    score,
    address AS customer_email,
    customer_in(filled) AS customer_id,
    named_order(filled) AS order_id,
    filled[reason_after(filled, place)] AS comment,
    other_answers(filled, [
        'file_id', 'row_number', time_column, respondent, question,
        reason_after(filled, place)
    ]) AS answers,
    answered_in(filled, others) AS unused_question,
    CASE
        WHEN question IS NULL THEN 'not_nps'
        WHEN is_other_scale(question) THEN 'wrong_scale'
        WHEN score IS NULL THEN 'partial'
    END AS reject,
    CASE WHEN question IS NULL OR is_other_scale(question) THEN 'score' END AS reject_column,
    CASE WHEN question IS NULL THEN no_recommendation() END AS reject_allowed
FROM scored
WHERE question IS NULL OR is_other_scale(question) OR score IS NOT NULL OR address IS NULL
