-- Can I recompute the score from the answers myself?
-- `recomputed` must equal `published` in every line.
SELECT c.period_start AS month, count(*) AS responses, nps(c.score) AS recomputed, any_value(p.nps) AS published
FROM counted('month') AS c
JOIN nps.by_period AS p ON p.grain = 'month' AND p.stage = 'all' AND p.period_start = c.period_start
GROUP BY ALL
ORDER BY month DESC
LIMIT 12;
