-- The score of every month and stage with its interval, and of all its answers.
SELECT stage, period_start, is_complete, responses, nps, nps_low, nps_high, is_reliable, change, change_low, change_high,
    is_significant, every_responses, every_nps
FROM nps.by_period
WHERE grain = 'month'
ORDER BY stage <> 'all', stage, period_start;
