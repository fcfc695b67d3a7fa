-- Is the change in our score real?
SELECT period_start AS month, responses, round(nps, 1) AS nps, round(nps_low, 1) AS low, round(nps_high, 1) AS high,
    round(change, 1) AS change, round(change_p_value, 3) AS p_value, is_significant
FROM nps.by_period
WHERE grain = 'month' AND stage = 'all' AND is_complete
ORDER BY period_start DESC
LIMIT 12;
