-- table: nps.drivers
-- blocking: no
-- More than half of the comments have no topic (30 or more comments in the newest trailing year): add words to topics.csv.
SELECT month, responses, round(share, 3) AS unmatched_share FROM nps.drivers
WHERE topic = 'none' AND stage = 'all' AND language = 'all' AND grain = 'trailing_365d' AND responses >= 30 AND share > 0.5
    AND month = (SELECT max(month) FROM nps.drivers WHERE grain = 'trailing_365d')
