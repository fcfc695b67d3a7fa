-- What would all buyers say, those who did not answer included?
-- Every line is an answer under the assumption beside it, and none is proven. If all of them lead to the same
-- decision, take it; if they do not, ask those who are silent before you act.
SELECT method, buyers, answered, round(nps, 1) AS nps, round(nps_low, 1) AS low, round(nps_high, 1) AS high, assumption
FROM nps.everybody
WHERE grain = 'trailing_365d'
    AND month = (SELECT max(month) FROM nps.everybody WHERE grain = 'trailing_365d' AND is_complete)
ORDER BY method;
