-- Microsoft Forms, in any language: the workbook, or saved as CSV. Its first columns are an id, when the answer was begun
-- and completed, the address ("anonymous" if the form does not ask who answers) and the name, named in the language of
-- whoever exports. Ids count from 1 in every form, so the time is part of an answer's id, with day and month unordered:
-- the id depends neither on the locale nor on how the date is read. Times have no zone (the business zone).
-- A question on 1 to 10, the default there, is refused as wrong_scale: no conversion turns it into the scale of the
-- recommendation question.
-- source: microsoft_forms
-- recognised by: is_recommendation(*)
-- places: 1 number, 2 time, 3 time
-- not with: names_response_id(*), names_completion(*), names_metric(*)
-- also reads: *
WITH given AS (
    SELECT file_id, row_number, cells(i) AS filled, map_keys(cells(i)) AS names, map_values(cells(i)) AS shown
    FROM input AS i
),
scored AS (
    SELECT g.*, shown[5] AS completed, s.question, s.place, s.others, clean(filled[s.question]) AS score
    FROM given AS g LEFT JOIN recommendation_columns('input') AS s ON s.file_id = g.file_id
)
SELECT
    file_id,
    row_number,
    clean_id(shown[3]) || '-' || unordered_time(clean(completed)) AS response_id,
    completed AS responded_at,
    score,
    CASE WHEN is_address(shown[6]) THEN shown[6] END AS customer_email,
    filled[reason_after(filled, place)] AS comment,
    -- Behind the address stand the name and, in newer workbooks, when the answer was last changed.
    other_answers(filled, list_distinct(list_concat(
        list_filter(names[:7], lambda name: NOT is_recommendation(name)),
        list_filter(names[8:8], lambda name: names_change(name)), [question, reason_after(filled, place)]))) AS answers,
    answered_in(filled, others) AS unused_question,
    CASE
        WHEN question IS NULL THEN 'not_nps'
        WHEN is_other_scale(question) THEN 'wrong_scale'
        WHEN score IS NULL THEN 'partial'
    END AS reject,
    CASE WHEN question IS NULL OR is_other_scale(question) THEN 'score' END AS reject_column,
    CASE WHEN question IS NULL THEN no_recommendation() END AS reject_allowed
FROM scored
