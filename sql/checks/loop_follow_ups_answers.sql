-- table: loop.follow_ups
-- blocking: yes
-- Every row is an answer of core.responses with its score, of the month or of the 180 days before it.
SELECT f.month, f.response_id FROM loop.follow_ups AS f
LEFT JOIN core.responses AS r USING (response_id)
WHERE r.score IS DISTINCT FROM f.score OR r.response_date NOT BETWEEN f.month - 180 AND last_day(f.month)
