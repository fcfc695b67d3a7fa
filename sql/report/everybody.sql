-- What all buyers of the newest complete 365 days may think, those who did not answer included, by method.
SELECT method, period_start, period_end, buyers, answered, nps, nps_low, nps_high, reason
FROM nps.everybody
WHERE grain = 'trailing_365d'
    AND period_end = (SELECT max(period_end) FROM nps.everybody WHERE grain = 'trailing_365d' AND is_complete)
ORDER BY list_position(['as_answered', 'alike', 'late_answers', 'behaviour', 'range'], method);
