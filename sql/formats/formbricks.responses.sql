-- Formbricks, "Responses / Download" (CSV or XLSX): fixed columns, the context's, then one per question ("1. How likely
-- ..."), variables, hidden fields and the person's attributes. Finished is Yes or No. Timestamp is in the
-- organisation's zone, named behind it, or in UTC without one.
-- source: formbricks
-- recognised by: No., Response ID, Timestamp, Finished, Survey ID, is_recommendation(*)
-- also reads: User ID, Verified Email, *
WITH given AS (SELECT *, cells(i) AS filled FROM input AS i)
SELECT
    g.file_id,
    g.row_number,
    "Response ID" AS response_id,
    clean("Timestamp") || CASE
        WHEN regexp_full_match(clean("Timestamp"), '(?i)[^+]*\d:\d\d(\.\d+)?(\s?[ap]\.?\s?m\.?)?')
            AND NOT regexp_matches("Timestamp", 'GMT|UTC') THEN ' UTC' ELSE '' END AS responded_at,
    filled[s.question] AS score,
    "Survey ID" AS survey,
    coalesce(clean("Verified Email"), clean(email_in(filled))) AS customer_email,
    "User ID" AS customer_id,
    named_order(filled) AS order_id,
    filled[reason_after(filled, s.place)] AS comment,
    other_answers(
        map_from_entries(list_filter(map_entries(filled), lambda e: regexp_matches(e.key, '^\d+\. ')
            AND NOT ends_with(e.key, ' - Option ID'))),
        [s.question, reason_after(filled, s.place)]
    ) AS answers,
    CASE
        WHEN s.question IS NULL THEN 'not_nps'
        WHEN is_other_scale(s.question) THEN 'wrong_scale'
        WHEN NOT coalesce(is_finished("Finished"), false) OR clean(filled[s.question]) IS NULL THEN 'partial'
    END AS reject,
    CASE WHEN s.question IS NULL OR is_other_scale(s.question) THEN 'score' END AS reject_column,
    CASE WHEN s.question IS NULL THEN no_recommendation() END AS reject_allowed
FROM given AS g LEFT JOIN recommendation_columns('input') AS s ON s.file_id = g.file_id
