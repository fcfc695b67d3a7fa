-- Is the change in our score real?
-- `is_significant` is true where the change to the month before is more than chance, after allowing for looking at
-- many windows. Two months whose ranges `low` to `high` overlap widely may well have the same score.
SELECT period_start AS month, responses, round(nps, 1) AS nps, round(nps_low, 1) AS low, round(nps_high, 1) AS high,
    round(change, 1) AS change, round(change_p_value, 3) AS p_value, is_significant
FROM nps.by_period
WHERE grain = 'month' AND stage = 'all' AND is_complete
ORDER BY period_start DESC
LIMIT 12;
