-- Which customers score us differently from the rest?
-- `difference` is the segment against all others. The list holds what differs for certain, after allowing for looking
-- at many segments; it says who, not why.
SELECT dimension, segment, responses, round(nps, 1) AS nps, round(rest_nps, 1) AS rest, round(difference, 1) AS difference,
    round(difference_low, 1) AS low, round(difference_high, 1) AS high, round(adjusted_p_value, 4) AS adjusted_p
FROM nps.by_segment
WHERE grain = 'trailing_365d' AND stage = 'all' AND is_reliable AND segment <> 'unknown'
    AND period_end = (SELECT max(period_end) FROM nps.by_segment WHERE grain = 'trailing_365d')
ORDER BY adjusted_p_value, abs(difference) DESC
LIMIT 10;
