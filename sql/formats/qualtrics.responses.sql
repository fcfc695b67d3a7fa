-- Qualtrics CSV or TSV, with its three header rows: names, question texts, and JSON that tells the time zone.
-- The recommendation question is Q1 (it has the sibling Q1_NPS_GROUP), the follow-up question Q2; where they differ, copy
-- this file to the operator's formats and change the names. Times are naive in the zone of the third header row.
-- Previews and tests are refused by their labels and by their distribution channel; a numeric export has no labels.
-- source: qualtrics
-- recognised by: StartDate, EndDate, Status, Finished, RecordedDate, ResponseId, DistributionChannel, Q1_NPS_GROUP, Q1
-- also reads: RecipientEmail, ExternalReference, UserLanguage, Q2, order_id
-- header rows: 3
WITH zones AS (
    SELECT file_id, max(regexp_extract(value, '"timeZone"+\s*:\s*"+([^"]+)"', 1)) AS zone
    FROM headers WHERE header_row = 3 AND column_name = 'EndDate' GROUP BY file_id
)
SELECT
    i.file_id,
    i.row_number,
    "ResponseId" AS response_id,
    clean("EndDate") || coalesce(' ' || nullif(zone, ''), '') AS responded_at,
    "Q1" AS score,
    "RecipientEmail" AS customer_email,
    "ExternalReference" AS customer_id,
    order_id,
    "Q2" AS comment,
    "UserLanguage" AS language,
    "DistributionChannel" AS channel,
    CASE
        WHEN lower(clean("Status")) IN ('survey preview', 'survey test')
            OR lower(clean("DistributionChannel")) = 'preview' THEN 'preview'
        WHEN NOT parse_boolean(clean("Finished")) THEN 'partial'
    END AS reject
FROM input i LEFT JOIN zones z ON z.file_id = i.file_id
