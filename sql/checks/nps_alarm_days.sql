-- table: nps.alarm
-- blocking: yes
-- each: month
-- Each day is once in its month, its evidence is positive, it has an alarm where the evidence reaches the threshold, and since is not after it.
SELECT day, count(*) AS rows FROM nps.alarm GROUP BY day
HAVING bool_or(month <> date_trunc('month', day)) OR NOT bool_and(e_value > 0 AND isfinite(e_value))
    OR bool_or(is_alarm <> (e_value >= threshold)) OR bool_or((since IS NOT NULL) <> is_alarm)
    OR bool_or(coalesce(since > day OR year(since) <> year(day), false))
