-- The months of answers for which all customers are compared: all of them, or those not compared yet and those that
-- moved. Session: is_whole. Temporary table: moved_standings.
SELECT month
FROM (SELECT DISTINCT month_start(response_date) AS month FROM core.responses)
WHERE getvariable('is_whole')
    OR month NOT IN (SELECT month FROM core.rfm_edges)
    OR month IN (SELECT month FROM moved_standings)
