-- table: nps.by_period
-- blocking: yes
-- each: month
-- A weighted score has its interval, its effective answers and the unweighted score of the same answers, or a reason why there is none.
SELECT grain, period_start, stage, weight_reason FROM nps.by_period
WHERE (weighted_nps IS NULL) <> (weight_reason IS NOT NULL)
    OR (weighted_nps IS NULL) <> (weighted_low IS NULL) OR weighted_nps NOT BETWEEN weighted_low AND weighted_high
    OR weighted_nps NOT BETWEEN -100 - 1e-9 AND 100 + 1e-9 OR effective_responses > weighted_responses + 1e-6
    OR weighted_responses > responses OR isnan(weighted_error) OR isnan(weighted_low)
    OR linked_responses IS DISTINCT FROM weighted_responses OR (weighted_nps IS NULL) <> (linked_nps IS NULL)
    OR linked_nps NOT BETWEEN -100 AND 100 OR NOT coalesce(weighting_effect = weighted_nps - linked_nps, linked_nps IS NULL)
    OR weight_reason NOT IN ('short_window', 'no_known_buyers', 'too_few_linked_answers', 'one_cell')
