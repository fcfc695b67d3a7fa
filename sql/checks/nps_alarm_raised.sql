-- table: nps.alarm
-- blocking: no
-- The score has dropped: the evidence after the newest day has reached the threshold (nps.alarm shows since when).
SELECT day, round(nps_running, 1) AS nps_running, round(baseline_nps, 1) AS baseline_nps, round(e_value, 1) AS e_value, since
FROM nps.alarm WHERE is_alarm AND day = (SELECT max(day) FROM nps.alarm)
