-- table: nps.everybody
-- blocking: yes
-- each: month
-- Buyers, and the score as answered, are those of nps.coverage.
SELECT e.grain, e.period_start, e.buyers, e.answered, e.nps, c.responded, c.nps AS covered FROM nps.everybody AS e
LEFT JOIN (SELECT * FROM nps.coverage WHERE dimension = 'all') AS c USING (grain, period_start)
WHERE e.method = 'as_answered' AND (e.buyers IS DISTINCT FROM c.buyers OR e.answered IS DISTINCT FROM c.responded
    OR NOT coalesce(abs(e.nps - c.nps) < 1e-6, e.nps IS NULL AND c.nps IS NULL))
