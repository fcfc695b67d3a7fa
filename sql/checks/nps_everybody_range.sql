-- table: nps.everybody
-- blocking: yes
-- each: month
-- Every window has five methods and one number of buyers, and its range goes to the ends of the three that correct.
SELECT grain, period_start, count(*) AS methods, min(buyers) AS fewest, max(buyers) AS most FROM nps.everybody
GROUP BY ALL HAVING count(*) <> 5 OR min(buyers) <> max(buyers)
    OR max(nps_low) FILTER (method = 'range')
        IS DISTINCT FROM min(nps_low) FILTER (method IN ('alike', 'late_answers', 'behaviour'))
    OR max(nps_high) FILTER (method = 'range')
        IS DISTINCT FROM max(nps_high) FILTER (method IN ('alike', 'late_answers', 'behaviour'))
