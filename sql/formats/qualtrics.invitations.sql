-- Qualtrics: people with an address or reference who finished the survey and left the recommendation question blank.
-- The file does not say when they were invited: the time they opened the survey is used. The id is the answer's.
-- source: qualtrics
-- recognised by: StartDate, EndDate, Status, Finished, RecordedDate, ResponseId, DistributionChannel, is_nps_group(*)
-- also reads: Progress, RecipientEmail, ExternalReference, UserLanguage, *
-- header rows: 3
WITH zones AS (
    SELECT file_id, max(regexp_extract(value, '"timeZone"+\s*:\s*"+([^"]+)"', 1)) AS zone
    FROM headers WHERE header_row = 3 AND column_name = 'StartDate' GROUP BY file_id
),
given AS (
    SELECT i.*, cells(i) AS filled, s.asked[1].name AS scored
    FROM input AS i LEFT JOIN qualtrics_questions('input', 'headers') AS s ON s.file_id = i.file_id
)
SELECT
    g.file_id,
    g.row_number,
    "ResponseId" AS invitation_id,
    clean("StartDate") || coalesce(' ' || nullif(zone, ''), '') AS invited_at,
    "RecipientEmail" AS customer_email,
    "ExternalReference" AS customer_id,
    "DistributionChannel" AS channel,
    true AS opened
FROM given AS g LEFT JOIN zones AS z ON z.file_id = g.file_id
WHERE scored IS NOT NULL AND clean(filled[scored]) IS NULL AND qualtrics_is_finished("Finished", "Progress")
    AND coalesce(clean("RecipientEmail"), clean("ExternalReference")) IS NOT NULL
    AND qualtrics_refusal("Status", "DistributionChannel") IS NULL
