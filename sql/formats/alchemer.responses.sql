-- Alchemer (SurveyGizmo), "Results / Exports / CSV": fixed columns, then one per question (its text). Response ID
-- counts from 1 in every survey, so the session's id is part of an answer's. Times name their zone (EST, EDT). Status
-- is Complete, Partial or Disqualified; only complete surveys are answers. The header is known from one source only.
-- source: alchemer
-- recognised by: Response ID, Time Started, Date Submitted, Status, SessionID, is_recommendation(*)
-- also reads: Language, Tags, *
WITH given AS (SELECT *, cells(i) AS filled FROM input AS i)
SELECT
    g.file_id,
    g.row_number,
    clean("Response ID") || coalesce('-' || clean("SessionID"), '') AS response_id,
    "Date Submitted" AS responded_at,
    filled[s.question] AS score,
    clean(email_in(filled)) AS customer_email,
    customer_in(filled) AS customer_id,
    named_order(filled) AS order_id,
    filled[reason_after(filled, s.place)] AS comment,
    "Language" AS language,
    other_answers(filled, [
        'file_id', 'row_number', 'Response ID', 'Time Started', 'Date Submitted', 'Status', 'Contact ID',
        'Legacy Comments', 'Comments', 'Language', 'Referer', 'SessionID', 'User Agent', 'Tags', 'IP Address', 'Longitude', 'Latitude',
        'Country', 'City', 'State/Region', 'Postal', s.question, reason_after(filled, s.place)
    ]) AS answers,
    CASE
        WHEN s.question IS NULL THEN 'not_nps'
        WHEN is_other_scale(s.question) THEN 'wrong_scale'
        WHEN regexp_matches(lower("Status"), '\btest\b') THEN 'test'
        WHEN regexp_matches(lower("Status"), 'disqualif|delet') THEN 'excluded'
        WHEN NOT regexp_matches(coalesce(lower("Status"), ''), '^\s*complete') OR clean(filled[s.question]) IS NULL
            THEN 'partial'
    END AS reject,
    CASE WHEN s.question IS NULL OR is_other_scale(s.question) THEN 'score' END AS reject_column,
    CASE WHEN s.question IS NULL THEN no_recommendation() END AS reject_allowed
FROM given AS g LEFT JOIN recommendation_columns('input') AS s ON s.file_id = g.file_id
