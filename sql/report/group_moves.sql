-- Where the customers of each group of three months ago were one month later, added up over the last three moves.
SELECT from_group, to_group, sum(customers) AS customers
FROM value.rfm_moves
WHERE month IN (SELECT DISTINCT month FROM value.rfm_moves ORDER BY month DESC LIMIT 3)
GROUP BY ALL
ORDER BY from_group, to_group;
