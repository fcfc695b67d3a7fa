-- Did weighting raise the score?
-- `effect_of_weights` compares the same answers; `nps` has also those that no order is known for.
SELECT period_start AS quarter, round(nps, 1) AS nps, linked_responses, round(linked_nps, 1) AS unweighted,
    round(weighted_nps, 1) AS weighted, round(weighting_effect, 1) AS effect_of_weights
FROM nps.by_period
WHERE grain = 'quarter' AND stage = 'all'
ORDER BY quarter DESC
LIMIT 8;
