-- The newest score of every length of time: each customer once (nps), and every answer (every_nps).
SELECT grain, period_start, period_end, is_complete, responses, nps, nps_low, nps_high, is_reliable, every_responses, every_nps,
    linked_responses, linked_nps, weighted_nps, weighting_effect
FROM nps.latest_by_period
WHERE stage = 'all'
ORDER BY list_position(['week', 'month', 'auto', 'quarter', 'trailing_90d', 'year', 'trailing_365d'], grain);
