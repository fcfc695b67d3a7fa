-- Qualtrics CSV or TSV, with its three header rows: names, question texts, and JSON with ids and the time zone.
-- A recommendation question has a sibling column <name>_NPS_GROUP; the first counts, or the one that NORTHSTAR_QUESTION
-- names. The comment is the first text entry after it; the other questions (import ids QID...) become answers. Times are
-- naive, in the zone of the third header row.
-- Previews, tests and spam are refused by the label or the number of Status, previews also by their distribution
-- channel.
-- A finished survey without a score is an invitation if it names a person (qualtrics.invitations.sql).
-- source: qualtrics
-- recognised by: StartDate, EndDate, Status, Finished, RecordedDate, ResponseId, DistributionChannel, is_nps_group(*)
-- also reads: Progress, RecipientEmail, ExternalReference, UserLanguage, *
-- header rows: 3
WITH columns AS (
    SELECT h.file_id, h.column_name AS name, p.place,
        any_value(clean(h.value)) FILTER (h.header_row = 2) AS question,
        any_value(regexp_extract(h.value, '"ImportId"+\s*:\s*"+([^"]+)"', 1)) FILTER (h.header_row = 3) AS import_id,
        any_value(regexp_extract(h.value, '"timeZone"+\s*:\s*"+([^"]+)"', 1)) FILTER (h.header_row = 3) AS zone
    FROM headers AS h
    JOIN (
        SELECT unnest(map_keys(cells(i))) AS name, generate_subscripts(map_keys(cells(i)), 1) AS place
        FROM (SELECT * FROM input LIMIT 1) AS i
    ) AS p ON p.name = h.column_name
    GROUP BY ALL
),
scored AS (
    SELECT file_id, asked[1].name AS name, asked[1].place AS place, asked[2:] AS unused
    FROM qualtrics_questions('input', 'headers')
),
asked AS (
    SELECT c.file_id, s.name AS scored, s.unused, max(c.zone) FILTER (c.name = 'EndDate') AS zone,
        min_by(c.name, c.place)
            FILTER (c.place > s.place AND regexp_full_match(c.import_id, 'QID\d+_TEXT')) AS commented,
        list({'name': c.name, 'question': coalesce(c.question, c.name)} ORDER BY c.place)
            FILTER (starts_with(c.import_id, 'QID') AND NOT is_nps_group(c.name) AND c.name IS DISTINCT FROM s.name)
            AS others
    FROM columns AS c LEFT JOIN scored AS s ON s.file_id = c.file_id
    GROUP BY ALL
),
given AS (SELECT *, cells(i) AS filled FROM input AS i)
SELECT
    g.file_id,
    g.row_number,
    "ResponseId" AS response_id,
    clean("EndDate") || coalesce(' ' || nullif(zone, ''), '') AS responded_at,
    filled[scored] AS score,
    list_filter(unused, lambda q: clean(filled[q.name]) IS NOT NULL)[1].question AS unused_question,
    "RecipientEmail" AS customer_email,
    "ExternalReference" AS customer_id,
    named_order(filled) AS order_id,
    filled[commented] AS comment,
    "UserLanguage" AS language,
    "DistributionChannel" AS channel,
    answers_map(list_transform(
        list_filter(others, lambda q: q.name IS DISTINCT FROM commented),
        lambda q: {'question': q.question, 'answer': filled[q.name]}
    )) AS answers,
    CASE
        WHEN qualtrics_refusal("Status", "DistributionChannel") IS NOT NULL
            THEN qualtrics_refusal("Status", "DistributionChannel")
        WHEN scored IS NULL THEN 'not_nps'
        WHEN NOT qualtrics_is_finished("Finished", "Progress") OR clean(filled[scored]) IS NULL THEN 'partial'
    END AS reject,
    CASE WHEN scored IS NULL THEN 'score' END AS reject_column,
    CASE WHEN scored IS NULL THEN no_recommendation() END AS reject_allowed
FROM given AS g LEFT JOIN asked AS a ON a.file_id = g.file_id
WHERE scored IS NULL OR clean(filled[scored]) IS NOT NULL
    OR coalesce(clean("RecipientEmail"), clean("ExternalReference")) IS NULL
    OR qualtrics_refusal("Status", "DistributionChannel") IS NOT NULL
    OR NOT qualtrics_is_finished("Finished", "Progress")
