-- Which buyers of the newest complete 365 days answered, and of which kinds too few.
SELECT dimension, segment, buyers, invited, responded, response_rate, representation, representation_low,
    representation_high, is_under_represented
FROM nps.coverage
WHERE grain = 'trailing_365d'
    AND period_end = (SELECT max(period_end) FROM nps.coverage WHERE grain = 'trailing_365d' AND is_complete)
ORDER BY dimension <> 'all', representation, dimension, segment;
