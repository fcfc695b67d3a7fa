-- table: value.rfm
-- blocking: yes
-- each: month
-- A group is the sum of its combinations of quintiles, in customers, revenue and answers.
SELECT month, rfm_group
FROM value.rfm
GROUP BY month, rfm_group
HAVING count(*) FILTER (recency_quintile IS NULL) <> 1
    OR sum(CASE WHEN recency_quintile IS NULL THEN -1 ELSE 1 END * customers) <> 0
    OR sum(CASE WHEN recency_quintile IS NULL THEN -1 ELSE 1 END * revenue) <> 0
    OR sum(CASE WHEN recency_quintile IS NULL THEN -1 ELSE 1 END * surveyed) <> 0
    OR bool_or((recency_quintile IS NULL) <> (money_quintile IS NULL)
        OR (recency_quintile IS NULL) <> (frequency_quintile IS NULL))
