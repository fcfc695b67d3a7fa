-- NPS survey of a French garden-centre chain (GitHub BenaventC/NPSgame, nps.csv, CC0).
-- The file has no date: the survey is put on the one constant day 2014-01-01, so it makes one period and no trend.
-- `id` is the customer, the first, nameless column the row of the survey; NA is a missing value.
-- source: garden_centre
-- recognised by: column_1, id, nps, satisfaction, intention, explication, NbPassageKS, CaTicket
SELECT
    file_id,
    row_number,
    column_1 AS response_id,
    DATE '2014-01-01' AS responded_at,
    nullif(nps, 'NA') AS score,
    'garden centre' AS survey,
    id AS customer_id,
    nullif(explication, 'NA') AS comment,
    'fr' AS language,
    answers_map([
        {'question': 'satisfaction', 'answer': nullif(satisfaction, 'NA')},
        {'question': 'intention', 'answer': nullif(intention, 'NA')}
    ]) AS answers,
    "NbPassageKS" AS visits,
    "CaTicket" AS last_ticket
FROM input
