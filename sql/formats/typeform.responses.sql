-- Typeform CSV: the response's token (#), a column per question (its text), the hidden fields (names in lower case),
-- times in UTC, Network ID. Newer files add Response Type, Stage Date (UTC), Ending and Tags, and rows that were not
-- submitted (partial). The e-mail address, the customer and the order are hidden fields or questions.
-- source: typeform
-- recognised by: #, Start Date (UTC), Submit Date (UTC), is_recommendation(*)
-- also reads: Network ID, Response Type, Stage Date (UTC), Ending, Tags, *
WITH given AS (SELECT *, cells(i) AS filled, clean(email_in(cells(i))) AS address FROM input AS i)
SELECT
    g.file_id,
    g.row_number,
    "#" AS response_id,
    clean("Submit Date (UTC)") || ' Z' AS responded_at,
    filled[s.question] AS score,
    answered_in(filled, s.others) AS unused_question,
    address AS customer_email,
    customer_in(filled) AS customer_id,
    named_order(filled) AS order_id,
    filled[reason_after(filled, s.place)] AS comment,
    other_answers(
        map_from_entries(list_filter(map_entries(filled), lambda e: NOT regexp_full_match(e.key, '[a-z][a-z0-9_]*'))),
        ['#', 'Start Date (UTC)', 'Submit Date (UTC)', 'Network ID', 'Response Type', 'Stage Date (UTC)', 'Ending', 'Tags',
            s.question, reason_after(filled, s.place)]
    ) AS answers,
    CASE
        WHEN s.question IS NULL THEN 'not_nps'
        WHEN is_other_scale(s.question) THEN 'wrong_scale'
        WHEN NOT coalesce(is_finished("Response Type"), clean("Response Type") IS NULL)
            OR clean("Submit Date (UTC)") IS NULL THEN 'partial'
        WHEN clean(filled[s.question]) IS NULL THEN 'partial'
    END AS reject,
    CASE WHEN s.question IS NULL OR is_other_scale(s.question) THEN 'score' END AS reject_column,
    CASE WHEN s.question IS NULL THEN no_recommendation() END AS reject_allowed,
    nullif(map_from_entries(list_filter(
        map_entries(filled), lambda e: regexp_full_match(e.key, '[a-z][a-z0-9_]*') AND clean(e.value) IS NOT NULL
            AND NOT list_contains(['file_id', 'row_number'], e.key) AND NOT is_email_question(e.key)
    )), MAP {}) AS hidden
FROM given AS g LEFT JOIN recommendation_columns('input') AS s ON s.file_id = g.file_id
WHERE s.question IS NULL OR is_other_scale(s.question) OR clean(filled[s.question]) IS NOT NULL OR address IS NULL
