-- What does late delivery cost us in score?
-- `differs_from_rest` is true where late and punctual deliveries differ by more than chance.
SELECT period_start AS quarter, segment AS delivery, responses, round(nps, 1) AS nps, round(nps_low, 1) AS low,
    round(nps_high, 1) AS high, round(difference, 1) AS difference_to_rest, differs_from_rest
FROM nps.by_segment
WHERE dimension = 'delivery' AND grain = 'quarter' AND stage = 'post_delivery' AND segment <> 'unknown'
ORDER BY period_start DESC, segment
LIMIT 8;
