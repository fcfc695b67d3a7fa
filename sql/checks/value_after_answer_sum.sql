-- table: value.after_answer
-- blocking: yes
-- each: month
-- The scores of a category add up to it, and the mean lies in its interval.
SELECT month, category, sum(customers) FILTER (score IS NULL) AS customers, sum(customers) FILTER (score IS NOT NULL) AS of_scores
FROM value.after_answer GROUP BY month, category
HAVING sum(customers) FILTER (score IS NULL) IS DISTINCT FROM sum(customers) FILTER (score IS NOT NULL)
    OR count(*) FILTER (revenue_low > revenue_high) > 0
