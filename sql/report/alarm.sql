-- The evidence of the last 92 days that the score has dropped; 20 raises the alarm.
SELECT day, responses, nps_running, baseline_nps, e_value, threshold, is_alarm, since
FROM nps.alarm
WHERE day > (SELECT max(day) FROM nps.alarm) - INTERVAL 92 DAY
ORDER BY day;
