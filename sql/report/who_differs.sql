-- The segments that differ from all other customers for sure, those that differ most first.
SELECT dimension, segment, responses, nps, rest_nps, difference, difference_low, difference_high, adjusted_p_value
FROM nps.by_segment
WHERE grain = 'trailing_365d' AND stage = 'all' AND differs_from_rest AND is_difference_reliable AND segment <> 'unknown'
    AND period_end = (SELECT max(period_end) FROM nps.by_segment WHERE grain = 'trailing_365d' AND is_complete)
ORDER BY abs(difference) DESC, dimension, segment
LIMIT 15;
