-- SurveyMonkey "all responses" CSV, with its two header rows: the question (blank where the one before goes on), and
-- below it the choice or the kind of answer. Older files lack Custom Data. Times are in the account's zone, which the
-- file does not name: the business zone; 12 or 24 hours.
-- The score's column is recognised by its question. A row without a score is an invitation if it names a person.
-- source: surveymonkey
-- recognised by: Respondent ID, Collector ID, Start Date, End Date, is_recommendation(*)
-- also reads: Email Address, *
-- header rows: 2
WITH columns AS (
    SELECT place, name, last_value(CASE WHEN NOT regexp_full_match(name, 'column_\d+') THEN name END IGNORE NULLS)
        OVER (ORDER BY place) AS question
    FROM (
        SELECT unnest(map_keys(cells(i))) AS name, generate_subscripts(map_keys(cells(i)), 1) AS place
        FROM (SELECT * FROM input LIMIT 1) AS i
    )
),
questions AS (
    SELECT h.file_id, c.place, c.name, c.question, clean(h.value) AS label
    FROM columns AS c JOIN headers AS h ON h.column_name = c.name AND h.header_row = 2
    WHERE NOT regexp_full_match(c.question, 'Respondent ID|Collector ID|Start Date|End Date|IP Address|Email Address'
        || '|First Name|Last Name|Custom Data.*|file_id|row_number')
),
asked AS (
    SELECT f.file_id, any_value(s.question) AS scored, any_value(s.others) AS unused,
        min_by(q.name, q.place) FILTER (
            q.place > s.place AND (q.label = 'Open-Ended Response' OR is_reason(q.question) OR is_reason(q.label))
        ) AS commented,
        list({'name': q.name, 'question': q.question, 'label': q.label} ORDER BY q.place)
            FILTER (q.name <> s.question) AS others
    FROM (SELECT DISTINCT file_id FROM input) AS f
    LEFT JOIN recommendation_columns('input') AS s ON s.file_id = f.file_id
    LEFT JOIN questions AS q ON q.file_id = f.file_id
    GROUP BY ALL
),
given AS (SELECT *, cells(i) AS filled FROM input AS i)
SELECT
    g.file_id,
    g.row_number,
    "Respondent ID" AS response_id,
    "End Date" AS responded_at,
    filled[scored] AS score,
    answered_in(filled, unused) AS unused_question,
    coalesce(clean("Email Address"), email_in(filled)) AS customer_email,
    filled[commented] AS comment,
    joined_answers(list_transform(
        list_filter(others, lambda q: q.name IS DISTINCT FROM commented AND NOT is_email_question(q.question)),
        lambda q: {
            'question': CASE
                WHEN coalesce(q.label, 'Response') IN ('Response', 'Open-Ended Response', clean(filled[q.name]))
                    THEN q.question
                ELSE q.question || ' - ' || q.label
            END,
            'answer': filled[q.name]
        }
    )) AS answers,
    CASE
        WHEN scored IS NULL THEN 'not_nps'
        WHEN is_other_scale(scored) THEN 'wrong_scale'
        WHEN clean("End Date") IS NULL OR clean(filled[scored]) IS NULL THEN 'partial'
    END AS reject,
    CASE WHEN scored IS NULL OR is_other_scale(scored) THEN 'score' END AS reject_column,
    CASE WHEN scored IS NULL THEN no_recommendation() END AS reject_allowed,
    nullif(map_from_entries(list_filter(
        map_entries(filled), lambda e: e.key LIKE 'Custom Data%' AND clean(e.value) IS NOT NULL
    )), MAP {}) AS custom_data
FROM given AS g JOIN asked AS a ON a.file_id = g.file_id
WHERE scored IS NULL OR is_other_scale(scored) OR clean(filled[scored]) IS NOT NULL OR clean("Email Address") IS NULL
