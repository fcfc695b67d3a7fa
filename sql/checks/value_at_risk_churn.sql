-- table: value.at_risk
-- blocking: yes
-- each: month
-- Last year's expected and actual churn are both there or both absent, and within 0 and 1.
SELECT month, category, churn_expected_before, churn_actual_before FROM value.at_risk
WHERE (churn_expected_before IS NULL) <> (churn_actual_before IS NULL)
    OR NOT coalesce(churn_expected_before BETWEEN 0 AND 1 AND churn_actual_before BETWEEN 0 AND 1, true)
