-- The score of every segment in the newest complete 365 days: as measured, with luck taken out, and against the rest.
SELECT stage, dimension, segment, responses, nps, nps_low, nps_high, pooled_nps, pooled_low, pooled_high, difference,
    difference_low, difference_high, adjusted_p_value, differs_from_rest, is_reliable
FROM nps.by_segment
WHERE grain = 'trailing_365d'
    AND period_end = (SELECT max(period_end) FROM nps.by_segment WHERE grain = 'trailing_365d' AND is_complete)
ORDER BY stage <> 'all', stage, dimension, responses DESC, segment;
