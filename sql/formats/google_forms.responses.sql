-- Google Forms: the form's own CSV ("2020/10/30 3:08:44 PM GMT+1") or the linked sheet's, whose times follow the
-- sheet's locale and have no zone (the business zone; month first unless a first number is above 12).
-- An answer has no id: its second, its score and its rank among equal ones serve as one, so that the same answer has
-- the same id in every later export. An edited answer gets a new Timestamp and cannot be told from a new answer.
-- Land one form only, or give each form a format with a source of its own.
-- source: google_forms
-- recognised by: Timestamp, is_recommendation(*)
-- also reads: Email Address, Username, *
WITH files AS (
    SELECT file_id, bool_or(tells_day_first("Timestamp")) AS day_first FROM input GROUP BY file_id
),
given AS (
    SELECT i.*, cells(i) AS filled, written_time("Timestamp", day_first) AS written,
        parse_time(written_time("Timestamp", day_first)) AS answered,
        coalesce(clean("Email Address"), clean("Username"), clean(email_in(cells(i)))) AS address
    FROM input AS i JOIN files AS f ON f.file_id = i.file_id
)
SELECT
    g.file_id,
    g.row_number,
    concat_ws('-',
        coalesce(strftime(answered AT TIME ZONE 'UTC', '%Y%m%dT%H%M%SZ'), written),
        coalesce(parse_score(clean(filled[s.question]))::VARCHAR, 'x'),
        row_number() OVER (PARTITION BY g.file_id, answered, clean(filled[s.question]) ORDER BY g.row_number)
    ) AS response_id,
    written AS responded_at,
    filled[s.question] AS score,
    address AS customer_email,
    customer_in(filled) AS customer_id,
    named_order(filled) AS order_id,
    filled[reason_after(filled, s.place)] AS comment,
    other_answers(filled, [
        'file_id', 'row_number', 'Timestamp', 'Email Address', 'Username', s.question, reason_after(filled, s.place)
    ]) AS answers,
    CASE
        WHEN s.question IS NULL THEN 'not_nps'
        WHEN is_other_scale(s.question) THEN 'wrong_scale'
        WHEN clean(filled[s.question]) IS NULL THEN 'partial'
    END AS reject,
    CASE WHEN s.question IS NULL OR is_other_scale(s.question) THEN 'score' END AS reject_column,
    CASE WHEN s.question IS NULL THEN no_recommendation() END AS reject_allowed
FROM given AS g LEFT JOIN recommendation_columns('input') AS s ON s.file_id = g.file_id
WHERE s.question IS NULL OR is_other_scale(s.question) OR clean(filled[s.question]) IS NOT NULL OR address IS NULL
