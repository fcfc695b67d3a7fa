-- table: value.rfm
-- blocking: yes
-- each: month
-- Scores are those of the answers and lie in their intervals, and probabilities between 0 and 1.
SELECT month, rfm_group, recency_quintile, frequency_quintile, money_quintile FROM value.rfm
WHERE surveyed <> promoters + passives + detractors OR surveyed > customers OR customers < 1
    OR (nps IS NULL) <> (surveyed = 0) OR (pooled_nps IS NULL) <> (surveyed = 0)
    OR NOT coalesce(abs(nps - 100 * (promoters - detractors) / surveyed) < 1e-9, surveyed = 0)
    OR NOT coalesce(nps BETWEEN nps_low AND nps_high AND pooled_nps BETWEEN pooled_low AND pooled_high, surveyed = 0)
    OR NOT coalesce(churn_probability BETWEEN 0 AND 1, false)
